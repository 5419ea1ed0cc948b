import { HkError } from '@hk-live/sdk/protocol'
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler, ValueErrorType } from '@sinclair/typebox/compiler'
import { readJson } from '../body.ts'

const maxBytes = 256 * 1024

/** The JSON body of a route: how it is read and checked, and how the OpenAPI document describes it. */
export interface Body<T extends TObject> {
  /**
   * Reads and checks the body of a request. A handler calls it after it has looked at the credential, so that nobody
   * without one makes the service read, parse or check anything.
   *
   * @throws {HkError} `bad_request` that names the field, and what {@link readJson} throws
   */
  read(request: Request): Promise<Static<T>>
  /** Parts of the route's hook: Elysia's parser, which knows no limits, is off, and its document has the schema. */
  readonly requestBody: { required: true; content: { 'application/json': { schema: { type: 'object' } } } }
}

/**
 * Describes the JSON body of a route by its schema. Fields that the schema does not have are refused.
 *
 * Checked here and not by Elysia, whose validation comes before the credential is looked at and prints the value that
 * it found into its error.
 */
export function defineBody<T extends TObject>(schema: T): Body<T> {
  const closed = refuseOthers(schema)
  let check: TypeCheck<T> | undefined
  return {
    async read(request) {
      const value = await readJson(request, maxBytes)
      check ??= TypeCompiler.Compile(closed)
      if (check.Check(value)) return value
      const error = check.Errors(value).First()
      throw toProblem(error?.path ?? '', error?.type, error?.schema ?? closed)
    },
    requestBody: { required: true, content: { 'application/json': { schema: closed } } },
  }
}

/** The schema with `additionalProperties: false` on each of its objects. */
function refuseOthers<T extends TSchema>(schema: T): T {
  const { properties, items, anyOf } = schema as { properties?: Record<string, TSchema>; items?: TSchema; anyOf?: TSchema[] }
  return {
    ...schema,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, refuseOthers(one)])),
      additionalProperties: false,
    }),
    ...(items !== undefined && { items: refuseOthers(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(refuseOthers) }),
  }
}

/** The first thing that is wrong, by the name of the field and what is allowed there; never by the value found. */
function toProblem(pointer: string, type: ValueErrorType | undefined, schema: TSchema): HkError {
  const parameter = fieldOf(pointer)
  if (parameter === '') return new HkError('bad_request', 'The body must be a JSON object.')
  const message =
    type === ValueErrorType.ObjectRequiredProperty
      ? `"${parameter}" is required.`
      : type === ValueErrorType.ObjectAdditionalProperties
        ? `"${parameter}" is not a field of this request.`
        : `"${parameter}" must be ${allowedBy(schema)}.`
  return new HkError('bad_request', message, { parameter })
}

const maxName = 80

/** The name of a field from a JSON pointer (RFC 6901), as `steps.2.pattern`. A sender can make it of any length. */
function fieldOf(pointer: string): string {
  const name = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
  return name.length > maxName ? `${name.slice(0, maxName).toWellFormed()}…` : name
}

/** What a schema takes, in words. */
function allowedBy(schema: TSchema): string {
  const { type, maxLength, minLength, minItems, maxItems, anyOf, const: literal } = schema as Readonly<Record<string, unknown>>
  if (literal !== undefined) return JSON.stringify(literal)
  if (Array.isArray(anyOf)) return anyOf.map(allowedBy).join(' or ')
  if (type === 'string') {
    if (minLength === undefined && maxLength === undefined) return 'a string'
    return `a string of ${Number(minLength ?? 0)} to ${Number(maxLength)} characters`
  }
  if (type === 'array') return maxItems === undefined ? 'a list' : `a list of ${Number(minItems ?? 0)} to ${Number(maxItems)} entries`
  return type === 'null' ? 'null' : `${type === 'object' || type === 'integer' ? 'an' : 'a'} ${String(type)}`
}
