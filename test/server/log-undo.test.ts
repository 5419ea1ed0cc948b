/** Imports of access logs that are undone: what is left is what a site has that never had the log. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { write } from '../../server/store/index.ts'
import { until } from '../support/browser.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

const start = Date.UTC(2026, 9, 10, 6)
const range = 'from=2026-10-01&to=2026-10-31'
const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'

type Item = ReturnType<typeof serverView>

const begin = async (site: string) => (await service.admin<{ id: string }>(`/api/sites/${site}/imports/logs`, { label: 'access.log' })).id
const end = (site: string, log: string) => service.admin<{ rows: number }>(`/api/sites/${site}/imports/logs/${log}/end`, { left_out: { asset: 2 } })
const undo = (site: string, id: string) => service.admin(`/api/sites/${site}/imports/${id}`, undefined, 'DELETE')
const sendLog = (site: string, log: string, items: readonly Item[]) => service.admin(`/api/sites/${site}/ingest?import=${log}`, { items })

/** All that reports say of a site, and its roll-ups. */
async function told(site: string) {
  await service.assembly.roller.idle()
  const by = ['page', 'entry_page', 'exit_page', 'hostname', 'device', 'browser', 'country', 'referrer']
  return Promise.all([
    service.report(site, 'overview', range),
    service.report(site, 'timeseries', `${range}&interval=day&metrics=visitors,visits,pageviews,bounce_rate,visit_duration`),
    ...by.map((one) => service.report(site, 'breakdown', `${range}&by=${one}`)),
  ])
}

describe('an import of a log', () => {
  test('undone, leaves the site as it is without it, whoever was there besides', async () => {
    const items = (list: readonly [visitor: number, minute: number, page: number][]) =>
      list.map(([visitor, minute, page]) => serverView(visitor, start + minute * 60_000, `/${page}`))
    const views = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(views, views, views, fc.shuffledSubarray(['own', 'one', 'two'] as const, { minLength: 3 }), fc.boolean(), async (a, b, c, order, rolledFirst) => {
        const sent = { own: items(a), one: items(b), two: items(c) }
        const [site, other] = [await service.makeSite(), await service.makeSite()]
        const logs = { one: await begin(site), two: await begin(site) }
        for (const name of order) {
          if (name === 'own') await service.sendFromServer(site, sent.own)
          else await sendLog(site, logs[name], sent[name])
          if (rolledFirst) await service.assembly.roller.idle()
        }
        await end(site, logs.one)
        await undo(site, logs.one)
        await service.sendFromServer(other, sent.own)
        await service.sendFromServer(other, sent.two)
        expect(await told(site)).toEqual(await told(other))
        // The same lines may come again, and are there once.
        const again = await begin(site)
        await sendLog(site, again, sent.one)
        expect(await end(site, again)).toMatchObject({ rows: sent.one.length, state: 'done' })
        await service.sendFromServer(other, sent.one)
        expect(await told(site)).toEqual(await told(other))
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  test('is listed with what it brought, and not where the site had it all', async () => {
    const site = await service.makeSite()
    const item = serverView(1, start)
    const fetched = { id: 'fetch-0001', path: '/', user_agent: gpt, status_code: 200, at: new Date(start).toISOString() }
    const log = await begin(site)
    await sendLog(site, log, [item])
    await service.admin(`/api/sites/${site}/ingest/ai-fetch?import=${log}`, [fetched])
    expect(await end(site, log)).toMatchObject({ source: 'log', label: 'access.log', state: 'done', rows: 2, first_day: '2026-10-10', left_out: { asset: 2 } })
    const again = await begin(site)
    await sendLog(site, again, [item])
    expect(await end(site, again)).toMatchObject({ rows: 0, state: 'done' })
    expect((await service.report(site, 'imports')).rows.map(({ id, rows }) => [id, rows])).toEqual([[log, 2]])
    await undo(site, log)
    expect((await service.report(site, 'overview', range)).pageviews).toBe(0)
    expect(await service.assembly.sql`select from ai_fetches where site_id = ${site}`).toHaveLength(0)
    expect((await service.report(site, 'imports')).rows).toMatchObject([{ id: log, state: 'undone' }])
  })

  test('needs no more than the right to send, and to undo it that to manage', async () => {
    const site = await service.makeSite()
    const { token } = await service.admin<{ token: string }>('/api/clients', { label: 'logs', scopes: ['ingest'], sites: [site] })
    const ask = (path: string, method: string, body?: object) =>
      service.fetch(`/api/sites/${site}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) })
    const made = await ask('/imports/logs', 'POST', { label: 'access.log' })
    const { id } = await made.json()
    expect((await ask(`/ingest?import=${id}`, 'POST', { items: [serverView(1, start)] })).status).toBe(202)
    expect(await (await ask(`/imports/logs/${id}/end`, 'POST', {})).json()).toMatchObject({ rows: 1, state: 'done' })
    expect((await ask(`/imports/${id}`, 'DELETE')).status).toBe(403)
    for (const [body, parameter] of [[{ left_out: { 'not a reason': 1 } }, 'left_out'], [{ left_out: { asset: -1 } }, 'left_out'], [{ left_out: 'x' }, 'left_out'], [{ left_out: [1] }, 'left_out']] as const) {
      const response = await ask(`/imports/logs/${id}/end`, 'POST', body)
      expect([response.status, (await response.json()).parameter]).toEqual([400, parameter])
    }
    expect((await ask('/imports/logs', 'POST', { label: 7 })).status).toBe(400)
  })

  test('takes no item after it was undone, and none of another site', async () => {
    const [site, other] = [await service.makeSite(), await service.makeSite()]
    const log = await begin(site)
    await undo(site, log)
    for (const [id, name] of [[site, log], [other, log], [site, 'nothing'], [site, '../x']]) {
      const response = await createClient(service, 'admin').send('POST', `/api/sites/${id}/ingest?import=${name}`, { items: [serverView(1, start)] })
      expect([response.status, (await response.json()).parameter]).toEqual([409, 'import'])
    }
    expect((await service.report(site, 'overview', range)).pageviews).toBe(0)
  })

  test('that ended while rows of it waited in the spool is listed with them, and can be undone', async () => {
    const site = await service.makeSite()
    const { sql } = service.assembly
    const row = (log_id: string) => ({
      site_id: site,
      id: crypto.randomUUID(),
      at: start,
      received_at: start,
      agent: 'GPTBot',
      family: 'OpenAI',
      category: 'training',
      hostname: 'shop.example',
      path: '/',
      status: 200,
      content_type: '',
      response_ms: null,
      bytes_served: null,
      log_id,
    })
    const listed = async () => {
      const { imports } = await service.admin<{ imports: { id: string; rows: number; state: string }[] }>(`/api/sites/${site}/imports`)
      return imports.map(({ id, rows, state }) => [id, rows, state])
    }
    const stored = () => sql`select log_id from ai_fetches where site_id = ${site}`
    const [ended, undone] = [await begin(site), await begin(site)]
    expect(await end(site, ended)).toMatchObject({ rows: 0, state: 'done' })
    await undo(site, undone)
    expect(await listed()).toEqual([[undone, 0, 'undone']])
    await write(sql, { items: [], fetches: [row(ended), row(undone)] })
    expect([...(await stored())]).toEqual([{ log_id: ended }])
    expect(await listed()).toContainEqual([ended, 1, 'done'])
    await undo(site, ended)
    expect(await stored()).toHaveLength(0)
  })

  test('that brings its first rows after its end is told of to who has asked before', async () => {
    const site = await service.makeSite()
    const told = async () => (await service.report(site, 'imports')).rows.map(({ id, rows, state }) => [id, rows, state])
    const log = await begin(site)
    expect(await told()).toEqual([])
    await end(site, log)
    expect(await told()).toEqual([])
    await sendLog(site, log, [serverView(1, start)])
    expect(await told()).toEqual([[log, 1, 'done']])
    await service.admin(`/api/sites/${site}/ingest/ai-fetch?import=${log}`, [{ id: 'fetch-0001', path: '/', user_agent: gpt, status_code: 200, at: new Date(start).toISOString() }])
    expect(await told()).toEqual([[log, 2, 'done']])
  })

  test('that brought nothing is kept for a month', async () => {
    const site = await service.makeSite()
    const { sql } = service.assembly
    const kept = async () => (await sql<{ import_id: string }[]>`select import_id from imports where site_id = ${site}`).map(({ import_id }) => import_id)
    const [old, recent] = [await begin(site), await begin(site)]
    for (const log of [old, recent]) await end(site, log)
    await sql`update imports set finished_at = finished_at - interval '31 days' where import_id = ${old}`
    const next = await begin(site)
    expect((await kept()).toSorted()).toEqual([recent, next].toSorted())
  })

  test('that was cut short says so, and can be undone', async () => {
    const site = await service.makeSite()
    const log = await begin(site)
    await sendLog(site, log, [serverView(1, start)])
    await service.assembly.sql`update imports set touched_at = now() - interval '16 minutes' where import_id = ${log}`
    const row = () => service.admin<{ state: string; error: string | null }>(`/api/sites/${site}/imports/${log}`)
    await until(row, ({ state }) => state === 'failed')
    expect((await row()).error).toContain('It was cut short.')
    await undo(site, log)
    expect((await service.report(site, 'overview', range)).pageviews).toBe(0)
  }, 30_000)

  test('undone keeps the orders of visits that are worked out anew', async () => {
    const site = await service.makeSite()
    const log = await begin(site)
    await sendLog(site, log, [serverView(1, start), serverView(1, start + 25 * 60_000)])
    await service.sendFromServer(site, [
      serverView(1, start + 50 * 60_000, '/bought', { type: 'event', name: 'purchase', props: { transaction_id: 'a', value: 12 } }),
    ])
    await undo(site, log)
    const rows = await service.assembly.sql`
      select v.events, v.pageviews, o.visit_id = v.visit_id as same from visits v join orders o on o.site_id = v.site_id
      where v.site_id = ${site}`
    expect([...rows]).toEqual([{ events: 1, pageviews: 0, same: true }])
  })

  test('takes pageviews alone, so that undoing it leaves nothing', async () => {
    const site = await service.makeSite()
    const log = await begin(site)
    const others = [
      { type: 'event', name: 'purchase', props: { transaction_id: 'a', value: 12 } },
      { type: 'event', name: 'signup' },
      { type: 'vital', name: 'LCP', value: 1_200 },
      { type: 'engagement', value: 5 },
    ]
    const items = [serverView(1, start), ...others.map((fields) => serverView(1, start, '/bought', fields))]
    const answer = await service.admin<{ accepted: number; rejected: { index: number; code: string; message: string }[] }>(
      `/api/sites/${site}/ingest?import=${log}`,
      { items },
    )
    expect(answer.accepted).toBe(1)
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([1, 2, 3, 4].map((index) => [index, 'bad_type']))
    expect(answer.rejected[0]?.message).toContain('"pageview"')
    await undo(site, log)
    const { sql } = service.assembly
    await service.assembly.roller.idle()
    for (const table of ['items', 'visits', 'orders', 'vital_sketches']) {
      expect([table, [...(await sql`select 1 from ${sql(table)} where site_id = ${site}`)]]).toEqual([table, []])
    }
    const document = await (await service.fetch('/openapi/json')).json()
    expect(document.paths['/api/sites/{id}/ingest'].post.description).toContain('"import" each item must be of the type "pageview"')
  })
})
