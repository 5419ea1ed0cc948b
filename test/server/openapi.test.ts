/** The OpenAPI document: whole, valid, and true: what it gives as examples is taken by the service. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReportName } from '@hk-live/sdk/protocol'
import { Validator } from '@seriousme/openapi-schema-validator'
import { reportNames } from '../../server/reports/index.ts'
import { addRefusals } from '../../server/store/index.ts'
import { fixture, importFile } from '../support/imports.ts'
import { openService, pageview, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly tags?: string[]
  readonly parameters?: { name: string; in: string; description?: string; example?: unknown; explode?: boolean }[]
  readonly requestBody?: { content: Record<string, { schema: { examples?: unknown[] }; example?: unknown }> }
  readonly responses: Record<string, { $ref?: string; content?: Record<string, { example?: unknown; examples?: object }> }>
  readonly security?: object[]
  readonly 'x-internal'?: boolean
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly tags: { name: string }[]
  readonly components: { responses: Record<string, { content: Record<string, { example: { status: number } }> }> }
}

let service: TestService
let document: Document
let operations: { name: string; method: string; path: string; operation: Operation }[]

beforeAll(async () => {
  service = await openService()
  document = await (await service.fetch('/openapi/json')).json()
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, method, path, operation })),
  )
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** Names of operations that lack something. */
const lacking = (has: (one: (typeof operations)[number]) => unknown) =>
  operations.filter((one) => !has(one)).map(({ name }) => name)

describe('the document', () => {
  test('is valid', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  test('has each route of the service', async () => {
    const sources = await Array.fromAsync(new Bun.Glob('server/**/*.ts').scan('.'))
    const routes: string[] = []
    for (const source of sources) {
      const text = await Bun.file(source).text()
      const [, prefix = ''] = /prefix: '([^']+)'/.exec(text) ?? []
      for (const [, method = '', path = ''] of text.matchAll(/\.(get|post|patch|put|delete)\(\s*'(\/[^']*)'/g)) {
        const plain = `${prefix}${path}`.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')
        routes.push(`${method} ${plain.length > 1 ? plain.replace(/\/$/, '') : plain}`)
      }
    }
    expect(routes.length).toBeGreaterThan(40)
    expect(operations.map(({ name }) => name).toSorted()).toEqual(routes.toSorted())
  })

  test('says of each operation what it does, in a group that is described', () => {
    expect(lacking(({ operation }) => operation.summary && operation.description)).toEqual([])
    const groups = document.tags.map(({ name }) => name)
    expect(lacking(({ operation }) => operation.tags?.length && operation.tags.every((tag) => groups.includes(tag)))).toEqual([])
  })

  test('has an example of each answer and each body, and a description of each parameter', () => {
    const exampled = ({ operation }: { operation: Operation }) =>
      Object.entries(operation.responses).some(([status, { content }]) => {
        if (status === '204') return true
        return status.startsWith('2') && Object.values(content ?? {}).some((one) => one.example ?? one.examples)
      })
    expect(lacking(exampled)).toEqual([])
    expect(lacking(({ method, operation }) => !/post|patch/.test(method) || operation.requestBody === undefined || bodyOf(operation))).toEqual([])
    expect(lacking(({ operation }) => operation.parameters?.every(({ description }) => description) ?? true)).toEqual([])
  })

  test('has the errors of each operation as problems', () => {
    const problems = ({ operation }: { operation: Operation }) => {
      const errors = Object.entries(operation.responses).filter(([status]) => /^[45]/.test(status))
      return errors.length > 0 && errors.every(([status, { $ref = '' }]) => {
        const problem = document.components.responses[$ref.split('/').at(-1) ?? '']
        return problem?.content['application/problem+json']?.example.status === Number(status)
      })
    }
    expect(lacking(problems)).toEqual([])
  })

  test('tells what is ours alone, and who may ask', () => {
    const inner = operations.filter(({ operation }) => operation['x-internal'])
    expect(inner.map(({ operation }) => operation.tags)).toEqual(inner.map(() => ['internal']))
    expect(inner.map(({ path }) => path)).toContain('/api/user/bootstrap')
    const asks = ({ path, operation }: (typeof operations)[number]) => {
      const scheme = JSON.stringify(operation.security)
      if (path.startsWith('/api/share/')) return scheme === '[{},{"sharePassword":[]}]'
      return scheme === (path.startsWith('/api/') ? '[{"bearer":[]}]' : '[]')
    }
    expect(lacking(asks)).toEqual([])
  })
})

/** The body that an operation gives as an example. */
function bodyOf({ requestBody }: Operation): unknown {
  const content = requestBody?.content['application/json']
  return content?.example ?? content?.schema.examples?.[0]
}

/** Makes a site with one of each, and returns their ids by the names of path parameters. */
async function furnish(): Promise<Record<string, string>> {
  const id = await service.makeSite()
  const make = async (kind: string, body: object) => (await service.admin<{ id: string }>(`/api/sites/${id}/${kind}`, body)).id
  const step = { type: 'page', pattern: '/' }
  await service.send(id, [pageview('/', { type: 'event', name: 'signup' })])
  await addRefusals(service.assembly.sql, [
    { site_id: id, reason: 'bot', count: 1, last_at: Date.now(), example: 'Googlebot' },
  ])
  const { id: share, token } = await service.makeShare(id, { visits: true, reports: reportNames })
  return {
    id,
    share,
    token,
    goal: await make('goals', { name: 'Bought', type: 'event', pattern: 'buy', conditions: [{ property: 'by', value: 'card' }] }),
    funnel: await make('funnels', { name: 'Other', steps: [step, { ...step, pattern: '/x' }] }),
    annotation: await make('annotations', { text: 'Now' }),
    exclusion: await make('exclusions', { type: 'country', value: 'DE', note: 'Ours' }),
    client: (await service.admin<{ id: string }>('/api/clients', { label: 'x', scopes: ['ingest'] })).id,
    opportunity: await found(id),
    import: (await importFile(service, id, '', await fixture('ga4-by-date.csv'))).id,
    log: (await service.admin<{ id: string }>(`/api/sites/${id}/imports/logs`, {})).id,
    path: 'hk.js',
    report: 'overview',
  }
}

/** The id of a finding: a site with nothing set up has gaps. */
async function found(site: string): Promise<string> {
  const base = `/api/sites/${site}/opportunities`
  await service.sendFromServer(site, Array.from({ length: 200 }, (_, visitor) => serverView(visitor, Date.now() - 2 * 86_400_000)))
  await service.admin(`${base}/run`, {})
  const { opportunities } = await service.admin<{ opportunities: { id: string }[] }>(base)
  return opportunities[0]?.id ?? ''
}

/** What has to stand beside a parameter. */
const beside: Readonly<Record<string, Record<string, string>>> = {
  from: { to: '2026-11-22' },
  to: { from: '2026-11-01' },
  property: { name: 'signup' },
}

const fill = (path: string, ids: Record<string, string>) => path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? name)

describe('the examples', () => {
  test('of bodies are taken, and what they make has the fields of the example of the answer', async () => {
    const ids = await furnish()
    const tried = operations.filter(({ operation }) => operation.requestBody !== undefined)
    expect(tried.length).toBeGreaterThan(12)
    for (const { name, method, path, operation } of tried) {
      const body = Object(bodyOf(operation))
      const sent = 'site' in body ? { ...body, site: ids.id } : body
      const response = await createClient(service, 'admin').send(method.toUpperCase(), fill(path, ids), sent)
      expect([name, Math.floor(response.status / 100)]).toEqual([name, 2])
      const example = operation.responses[response.status]?.content?.['application/json']?.example
      const answer = await response.json()
      expect([name, Object.keys(answer).toSorted()]).toEqual([name, Object.keys(Object(example)).toSorted()])
    }
  })

  test('of answers have the fields that are answered', async () => {
    const ids = await furnish()
    const listed = operations.filter(({ method, path }) => method === 'get' && !/realtime|changes|report|embed|hk\.js|openapi/.test(path))
    for (const { name, path, operation } of listed) {
      const example = operation.responses['200']?.content?.['application/json']?.example
      if (example === undefined) continue
      const response = await createClient(service, 'admin').get(fill(path, ids))
      expect([name, response.status]).toEqual([name, 200])
      expect([name, shapeOf(await response.json())]).toEqual([name, shapeOf(example)])
    }
  })

  test.each(['/api/sites/{id}/reports/{report}', '/api/share/{token}/sites/{id}/reports/{report}/export'])(
    'of parameters of %s are taken by the reports that they fit, and refused by name by the others',
    async (path) => {
      const ids = await furnish()
      const { parameters = [] } = document.paths[path]?.get ?? {}
      const asked = parameters.filter((one) => one.in === 'query')
      expect(asked.filter(({ example }) => example === undefined)).toEqual([])
      for (const { name, example, explode } of asked) {
        const given = name === 'funnel' ? [ids.funnel] : [example].flat()
        const query = new URLSearchParams({ ...beside[name], ...(path.endsWith('export') && name !== 'format' && { format: 'ndjson' }) })
        for (const value of explode === false ? [given.join()] : given) query.append(name, String(value))
        const takers: string[] = []
        for (const report of reportNames) {
          const response = await createClient(service, 'admin').get(`${fill(path, { ...ids, report })}?${query}`)
          const text = await response.text()
          if (response.status === 200) takers.push(report)
          else {
            expect([report, name, response.status]).toEqual([report, name, 400])
            expect([name, ...Object.keys(beside[name] ?? {})]).toContain(JSON.parse(text).parameter)
          }
        }
        expect([name, takers.length > 0]).toEqual([name, true])
      }
    },
    60_000,
  )

  test('of reports have the fields that each answers', async () => {
    const ids = await furnish()
    for (const report of reportNames) {
      const answer = await service.admin<object>(`/api/sites/${ids.id}/reports/${report}`)
      const { value } = exampleOf(report)
      expect([report, Object.keys(answer)]).toEqual([report, Object.keys(value)])
      expect([report, Object.keys(Object(answer).data).toSorted()]).toEqual([report, Object.keys(Object(value).data).toSorted()])
    }
  })
})

/** The example of the answer of a report. */
function exampleOf(report: ReportName): { value: object } {
  const { content } = document.paths['/api/sites/{id}/reports/{report}']?.get?.responses['200'] ?? {}
  return Object(content?.['application/json']?.examples)[report]
}

/** The fields of a value, and those of the first entry of each list. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map((one) => (typeof one === 'object' ? Object.keys(one).toSorted() : typeof one))
  if (typeof value !== 'object' || value === null) return 'a value'
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, Array.isArray(one) && typeof one[0] === 'object' ? shapeOf(one) : 'a value']),
  )
}
