import { toOpenAPISchema } from '@elysiajs/openapi/openapi'
import { type ErrorCode, errorCodes, ranges } from '@hk-live/sdk/protocol'
import type { AnyElysia } from 'elysia'
import { problemOf, statusOf } from '../problem.ts'
import { type Answers, problemsOf } from './answers.ts'
import { type Parameter, pathParameter, sharePassword } from './parameters.ts'
import { schemas } from './schemas.ts'
import { tags } from './tags.ts'

/** An operation of the document, in what is read of it here. */
interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: object
  readonly responses?: Answers
}

const version = '3.1.2'

/** What each error means to who asks. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  bad_request: `"range" must be one of ${ranges.join(', ')}.`,
  unauthorized: 'Send an API token in the header "Authorization: Bearer …".',
  forbidden: 'This API token needs the scope "manage".',
  not_found: 'There is no such site.',
  conflict: 'There is a goal "Signed up" already. Take another name.',
  gone: 'This is no longer there.',
  too_large: 'The body is over 256 KiB. Send fewer items at once.',
  rate_limited: 'There are 4 exports being written already. Try again when one is done.',
  unavailable: 'The database is away. Try again soon.',
  internal: 'Something went wrong here. The log of the service says what.',
  network: 'An upstream did not answer.',
  timeout: 'This takes too long to answer. Ask for a shorter range or fewer filters.',
  protocol: 'The request is not understood.',
  closed: 'The service is going down.',
}

/**
 * The OpenAPI document of the routes of an app: what each says of itself, and what follows from its path: who may ask
 * and which errors it may answer.
 */
export function describeApi(app: AnyElysia) {
  const { paths } = toOpenAPISchema(app, { staticFile: false }, undefined, undefined, version)
  const own = new Map(app.routes.map(({ method, path, hooks }) => [`${method} ${path}`, parametersIn(hooks)]))
  const described = Object.entries(paths).map(([path, operations]) => [
    plain(path),
    Object.fromEntries(
      Object.entries(operations ?? {}).map(([method, operation]) => {
        const route = path.replace(/\{([^}]+)\}/g, ':$1')
        return [method, complete(plain(path), Object(operation), own.get(`${method.toUpperCase()} ${route}`) ?? [])]
      }),
    ),
  ])
  return {
    openapi: version,
    info: {
      title: 'hk-live',
      version: '0.1.0',
      description: 'Realtime web analytics: collect, ask, watch. Errors are problem details of RFC 9457 with a `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags,
    paths: Object.fromEntries(described),
    components: {
      schemas,
      responses: Object.fromEntries(errorCodes.map((code) => [code, problemAnswer(code)])),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Token of an API client. Its scopes, and its sites, say what it may do.',
        },
        sharePassword: {
          type: 'apiKey',
          in: 'header',
          name: sharePassword,
          description: 'Of a share link with a password. The token of the link itself stands in the path.',
        },
      },
    },
  }
}

/** A path as the document writes it: a wildcard has a name, and nothing ends with a slash. */
function plain(path: string): string {
  return path.replace('*', '{path}').replace(/(?<=.)\/$/, '')
}

function complete(path: string, operation: Operation, own: readonly Parameter[]) {
  const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => pathParameter(name))
  const checked = operation.parameters?.filter((one) => one.in !== 'path' && !own.includes(one)) ?? []
  const parameters = [...named, ...own, ...checked.map(lifted)]
  const asks = parameters.some((one) => one.in === 'query') || operation.requestBody !== undefined
  return {
    ...operation,
    operationId: operation.operationId?.replace(/[^A-Za-z0-9]/g, ''),
    ...(parameters.length > 0 && { parameters }),
    security: securityOf(path),
    responses: { ...operation.responses, ...problemsOf(...errorsOf(path, operation, asks)) },
  }
}

/** A parameter that a route checks by a schema: what the schema says of it is said of the parameter. */
function lifted({ schema, ...parameter }: Parameter): Parameter {
  const { description = '', ...rest } = Object(schema)
  return { ...parameter, description, schema: rest }
}

function securityOf(path: string): object[] {
  if (path.startsWith('/api/share/')) return [{}, { sharePassword: [] }]
  return path.startsWith('/api/') ? [{ bearer: [] }] : []
}

/** Errors that follow from what a route is. */
function errorsOf(path: string, { requestBody }: Operation, asks: boolean): ErrorCode[] {
  const codes: ErrorCode[] = ['internal']
  if (asks) codes.push('bad_request')
  if (requestBody !== undefined) codes.push('too_large')
  if (path.startsWith('/api/')) codes.push('unauthorized', 'forbidden', 'unavailable')
  if (path.includes('{')) codes.push('not_found')
  return codes
}

function problemAnswer(code: ErrorCode) {
  const example = problemOf(code, meanings[code])
  const schema = { $ref: '#/components/schemas/Problem' }
  return { description: `${statusOf(code)}: ${example.title}.`, content: { 'application/problem+json': { schema, example } } }
}

/** Parameters that a route says of itself; those of its path make Elysia's document forget them. */
function parametersIn(hooks: { readonly detail?: { readonly parameters?: readonly Parameter[] } }): readonly Parameter[] {
  return hooks.detail?.parameters ?? []
}
