/**
 * Routes of goals, funnels and annotations: what they take, who may ask, and how many there may be.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient, refusal } from './client.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService
let admin: ReturnType<typeof createClient>

beforeAll(async () => {
  service = await openService({ now: () => now })
  admin = createClient(service, 'admin')
})
afterAll(() => service[Symbol.asyncDispose]())

interface Made {
  readonly id: string
}

const page = { type: 'page', pattern: '/thanks' }
const goal = { name: 'Thanks', ...page }
const funnel = { name: 'Buy', steps: [page, { type: 'event', pattern: 'pay' }] }
const annotation = { at: '2026-11-01T09:00:00Z', text: 'Version 2' }

describe('goals', () => {
  test('are made, listed, read, changed and deleted', async () => {
    const path = `/api/sites/${await service.makeSite()}/goals`
    const conditions = [{ property: 'plan', value: 'pro*' }]
    const body = { name: ' Joined ', type: 'event', pattern: 'signup', conditions, value: 19.99 }
    const response = await admin.post(path, body)
    const made = await response.json()
    expect([response.status, made]).toEqual([
      201,
      { ...body, name: 'Joined', id: expect.stringMatching(/^[a-z0-9]{10}$/), created_at: expect.any(String) },
    ])
    expect(await service.admin(`${path}/${made.id}`)).toEqual(made)
    expect(await service.admin(path)).toEqual({ goals: [made] })
    expect(await service.admin(`${path}/${made.id}`, { value: null }, 'PATCH')).toEqual({ ...made, value: null })
    expect(await service.admin(`${path}/${made.id}`, {}, 'PATCH')).toEqual({ ...made, value: null })
    const other = { name: 'Read', type: 'page', pattern: '/docs/*', conditions: [] }
    expect(await service.admin(`${path}/${made.id}`, other, 'PATCH')).toMatchObject(other)
    await service.admin(`${path}/${made.id}`, undefined, 'DELETE')
    expect(await service.admin(path)).toEqual({ goals: [] })
    expect((await admin.get(`${path}/${made.id}`)).status).toBe(404)
    expect((await admin.send('DELETE', `${path}/${made.id}`)).status).toBe(404)
  })

  test.each([
    [{ ...page }, 'name'],
    [{ ...goal, name: ' ' }, 'name'],
    [{ ...goal, name: 'x'.repeat(121) }, 'name'],
    [{ ...goal, type: 'click' }, 'type'],
    [{ name: 'x', pattern: '/' }, 'type'],
    [{ name: 'x', type: 'page' }, 'pattern'],
    [{ ...goal, pattern: '' }, 'pattern'],
    [{ ...goal, pattern: '/thanks?order=1' }, 'pattern'],
    [{ ...goal, pattern: `/${'x'.repeat(1_024)}` }, 'pattern'],
    [{ ...goal, pattern: '/\0' }, 'pattern'],
    [{ ...goal, conditions: [{ property: 'plan', value: 'pro' }] }, 'conditions'],
    [{ ...goal, type: 'event', conditions: 'plan' }, 'conditions'],
    [{ ...goal, type: 'event', conditions: Array.from({ length: 11 }, () => ({ property: 'p', value: 'v' })) }, 'conditions'],
    [{ ...goal, type: 'event', conditions: [{ property: '', value: 'v' }] }, 'conditions.0.property'],
    [{ ...goal, type: 'event', conditions: [{ property: 'p', value: 7 }] }, 'conditions.0.value'],
    [{ ...goal, type: 'event', conditions: [{ property: 'p', value: 'v'.repeat(501) }] }, 'conditions.0.value'],
    [{ ...goal, value: -1 }, 'value'],
    [{ ...goal, value: 1e13 }, 'value'],
    [{ ...goal, value: '5' }, 'value'],
  ])('of %j are refused and name the field', async (body, parameter) => {
    const response = await admin.post(`/api/sites/${await service.makeSite()}/goals`, body)
    expect(await refusal(response)).toEqual([400, 'bad_request', parameter])
  })

  test('are no less checked when they change', async () => {
    const path = `/api/sites/${await service.makeSite()}/goals`
    const conditions = [{ property: 'plan', value: 'pro' }]
    const { id } = await service.admin<Made>(path, { name: 'Paid', type: 'event', pattern: 'pay', conditions })
    // What it keeps does not fit what it becomes.
    const turned = await admin.send('PATCH', `${path}/${id}`, { type: 'page', pattern: '/pay' })
    expect(await refusal(turned)).toEqual([400, 'bad_request', 'conditions'])
    await service.admin(path, goal)
    expect(await refusal(await admin.send('PATCH', `${path}/${id}`, { name: 'Thanks' }))).toEqual([409, 'conflict', 'name'])
  })

  test('have names of their own, also when two are made at once', async () => {
    const path = `/api/sites/${await service.makeSite()}/goals`
    const responses = await Promise.all(Array.from({ length: 4 }, () => admin.post(path, goal)))
    expect(responses.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
    const elsewhere = await admin.post(`/api/sites/${await service.makeSite()}/goals`, goal)
    expect(elsewhere.status).toBe(201)
  })

  test('are at most 100 a site', async () => {
    const site = await service.makeSite()
    await service.assembly.sql`
      insert into goals (site_id, goal_id, name, type, pattern, pattern_like)
      select ${site}, 'goal-' || n, 'Goal ' || n, 'page', '/', '/' from generate_series(1, 99) n`
    expect((await admin.post(`/api/sites/${site}/goals`, goal)).status).toBe(201)
    const response = await admin.post(`/api/sites/${site}/goals`, { ...goal, name: 'One more' })
    expect([response.status, (await response.json()).detail]).toEqual([
      409,
      'A site can have 100 goals. Delete one to make room.',
    ])
  })

  test('change numbers of the past only where what reaches them does', async () => {
    const site = await service.makeSite()
    const { id } = await service.admin<Made>(`/api/sites/${site}/goals`, goal)
    await service.sendFromServer(site, [serverView(1, now - 3_600_000, '/thanks')])
    await service.assembly.roller.idle()
    const rolled = async () =>
      (await service.assembly.sql`select from rollups where site_id = ${site} and dimension = 'goal'`).length
    const conversions = async () => (await service.report(site, 'overview', 'range=today')).conversions
    expect([await rolled(), await conversions()]).toEqual([2, 1])
    const [before] = await service.assembly.sql`select xmin::text from rollups where site_id = ${site} and dimension = 'goal'`
    await service.admin(`/api/sites/${site}/goals/${id}`, { ...goal, name: 'Renamed', conditions: [], value: 3 }, 'PATCH')
    const [after] = await service.assembly.sql`select xmin::text from rollups where site_id = ${site} and dimension = 'goal'`
    expect(after).toEqual(before)
    await service.admin(`/api/sites/${site}/goals/${id}`, { pattern: '/none' }, 'PATCH')
    expect(await conversions()).toBe(0)
    await service.assembly.roller.idle()
    expect([await rolled(), await conversions()]).toEqual([0, 0])
    await service.admin(`/api/sites/${site}/goals/${id}`, { pattern: '/*' }, 'PATCH')
    await service.assembly.roller.idle()
    expect([await rolled(), await conversions()]).toEqual([2, 1])
    await service.admin(`/api/sites/${site}/goals/${id}`, undefined, 'DELETE')
    await service.assembly.roller.idle()
    expect([await rolled(), await conversions()]).toEqual([0, 0])
  })

  test('stay while a funnel has them as a step', async () => {
    const site = await service.makeSite()
    const { id } = await service.admin<Made>(`/api/sites/${site}/goals`, goal)
    const made = await service.admin<Made>(`/api/sites/${site}/funnels`, { ...funnel, steps: [page, { goal: 'Thanks' }] })
    const refused = await admin.send('DELETE', `/api/sites/${site}/goals/${id}`)
    expect([refused.status, (await refused.json()).detail]).toEqual([
      409,
      'The goal "Thanks" is a step of the funnel "Buy". Change that first.',
    ])
    await service.admin(`/api/sites/${site}/funnels/${made.id}`, { steps: [page, page] }, 'PATCH')
    expect((await admin.send('DELETE', `/api/sites/${site}/goals/${id}`)).status).toBe(204)
  })
})

describe('funnels', () => {
  test('are made, listed, read, changed and deleted', async () => {
    const site = await service.makeSite()
    await service.admin(`/api/sites/${site}/goals`, goal)
    const path = `/api/sites/${site}/funnels`
    const conditions = [{ property: 'by', value: 'card' }]
    const steps = [page, { name: 'Pays', type: 'event', pattern: 'pay', conditions }, { goal: 'Thanks' }]
    const response = await admin.post(path, { name: 'Buy', steps })
    const made = await response.json()
    expect([response.status, made]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[a-z0-9]{10}$/),
        name: 'Buy',
        steps: [{ name: '/thanks', ...page, conditions: [] }, steps[1], steps[2]],
        created_at: expect.any(String),
      },
    ])
    expect(await service.admin(path)).toEqual({ funnels: [made] })
    expect(await service.admin(`${path}/${made.id}`)).toEqual(made)
    // What is shown can be sent back.
    expect(await service.admin(`${path}/${made.id}`, { steps: made.steps }, 'PATCH')).toEqual(made)
    expect(await service.admin(`${path}/${made.id}`, { name: 'Sell' }, 'PATCH')).toEqual({ ...made, name: 'Sell' })
    await service.admin(`${path}/${made.id}`, undefined, 'DELETE')
    expect((await admin.get(`${path}/${made.id}`)).status).toBe(404)
  })

  test.each([
    [{ steps: [page, page] }, 'name'],
    [{ name: 'x' }, 'steps'],
    [{ name: 'x', steps: [page] }, 'steps'],
    [{ name: 'x', steps: Array.from({ length: 21 }, () => page) }, 'steps'],
    [{ name: 'x', steps: [page, {}] }, 'steps.1.type'],
    [{ name: 'x', steps: [page, { type: 'page', pattern: 'https://elsewhere.example/a' }] }, 'steps.1.pattern'],
    [{ name: 'x', steps: [{ ...page, name: '' }, page] }, 'steps.0.name'],
    [{ name: 'x', steps: [page, { ...page, conditions: [{ property: 'a', value: 'b' }] }] }, 'steps.1.conditions'],
    [{ name: 'x', steps: [page, { goal: 'Nothing' }] }, 'steps.1.goal'],
    [{ name: 'x', steps: [page, { goal: 'Nothing', ...page }] }, 'steps.1.goal'],
  ])('of %j are refused and name the field', async (body, parameter) => {
    const response = await admin.post(`/api/sites/${await service.makeSite()}/funnels`, body)
    expect(await refusal(response)).toEqual([400, 'bad_request', parameter])
  })

  test('have names of their own and are at most 50 a site', async () => {
    const site = await service.makeSite()
    const path = `/api/sites/${site}/funnels`
    expect((await admin.post(path, funnel)).status).toBe(201)
    expect(await refusal(await admin.post(path, funnel))).toEqual([409, 'conflict', 'name'])
    await service.assembly.sql`
      insert into funnels (site_id, funnel_id, name, steps)
      select ${site}, 'funnel-' || n, 'Funnel ' || n, '[]' from generate_series(1, 49) n`
    expect(await refusal(await admin.post(path, { ...funnel, name: 'One more' }))).toEqual([409, 'conflict', undefined])
  })
})

describe.each([
  ['goals', goal, { ...goal, name: 'Other' }, { value: 3 }],
  ['funnels', funnel, { ...funnel, name: 'Other' }, { name: 'Sell' }],
  ['annotations', annotation, annotation, { text: 'Version 3' }],
])('the routes of %s', (list, body, other, change) => {
  test('ask for the right to read, and for that to manage where something changes', async () => {
    const site = await service.makeSite()
    const path = `/api/sites/${site}/${list}`
    const { id } = await service.admin<Made>(path, body)
    const make = async (scopes: string[], sites: string[]) =>
      createClient(service, (await service.admin<{ token: string }>('/api/clients', { label: 'x', scopes, sites })).token)
    const statuses = async (client: typeof admin) => [
      (await client.get(path)).status,
      (await client.get(`${path}/${id}`)).status,
      (await client.post(path, other)).status,
      (await client.send('PATCH', `${path}/${id}`, change)).status,
      (await client.send('DELETE', `${path}/${id}`)).status,
    ]
    expect(await statuses(await make(['ingest'], [site]))).toEqual([403, 403, 403, 403, 403])
    expect(await statuses(await make(['manage'], [await service.makeSite()]))).toEqual([404, 404, 404, 404, 404])
    expect(await statuses(createClient(service, 'nobody'))).toEqual([401, 401, 401, 401, 401])
    expect(await statuses(await make(['reports:read'], [site]))).toEqual([200, 200, 403, 403, 403])
    expect(await statuses(await make(['manage'], [site]))).toEqual([200, 200, 201, 200, 204])
  })

  test('do not exist for another tenant, nor under another site', async () => {
    const site = await service.makeSite()
    const { id } = await service.admin<Made>(`/api/sites/${site}/${list}`, body)
    const { id: client, token } = await service.admin<{ id: string; token: string }>('/api/clients', {
      label: 'theirs',
      scopes: ['admin'],
    })
    const { sql } = service.assembly
    await sql`insert into tenants (tenant_id, name) values ('theirs', 'Theirs') on conflict do nothing`
    await sql`update api_clients set tenant_id = 'theirs' where client_id = ${client}`
    const theirs = createClient(service, token)
    for (const answer of [
      await theirs.get(`/api/sites/${site}/${list}`),
      await theirs.post(`/api/sites/${site}/${list}`, body),
      await theirs.send('PATCH', `/api/sites/${site}/${list}/${id}`, change),
      await theirs.send('DELETE', `/api/sites/${site}/${list}/${id}`),
      await admin.send('DELETE', `/api/sites/${await service.makeSite()}/${list}/${id}`),
    ]) {
      expect(answer.status).toBe(404)
    }
  })

  test('tell readers of a change once it is made, and of none that was refused', async () => {
    const site = await service.makeSite()
    const position = async () => {
      const changes = await admin.get(`/api/sites/${site}/changes?since=0.0`)
      return (await changes.json()).position as string
    }
    const begin = await position()
    const since = async (from: string) => {
      const changes = await admin.get(`/api/sites/${site}/changes?since=${from}`)
      return changes.status === 204 ? [] : (await changes.json()).kinds
    }
    await admin.post(`/api/sites/${site}/${list}`, {})
    await admin.send('DELETE', `/api/sites/${site}/${list}/nothing`)
    expect(await since(begin)).toEqual([])
    await service.admin(`/api/sites/${site}/${list}`, body)
    expect(await since(begin)).toEqual([list === 'annotations' ? 'settings' : list])
  })

  test('go with their site', async () => {
    const site = await service.makeSite()
    await service.admin(`/api/sites/${site}/${list}`, body)
    await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    const { sql } = service.assembly
    expect(await sql`select from ${sql(list)} where site_id = ${site}`).toHaveLength(0)
  })

  test('stand in the OpenAPI document with examples of body and answer', async () => {
    const { paths } = await (await service.fetch('/openapi/json')).json()
    const { post } = paths[`/api/sites/{id}/${list}`]
    expect(post.tags).toEqual([list])
    expect(post.requestBody.content['application/json'].schema.examples).toHaveLength(1)
    expect(post.responses['201'].content['application/json'].example).toMatchObject({ id: expect.any(String) })
  })
})
