/**
 * Detectors over a real Postgres: a site on which each of them has something to say, one on which none has, and
 * what becomes of findings from run to run.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Opportunity } from '@hk-live/sdk/protocol'
import { opportunities } from '../../server/commands/opportunities.ts'
import { createSchedule } from '../../server/opportunities/index.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

const dayMs = 86_400_000
let now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

/** Noon of a day so many days ago. */
const ago = (days: number) => Date.UTC(2026, 10, 3, 12) - days * dayMs

/** Items of visitors that nobody has seen before. */
class Crowd {
  readonly #items: object[] = []
  #visitors = 0

  /** So many visitors, each with items by their paths and what more they have, a minute after another. */
  visit(count: number, at: number, ...items: [path: string, more?: object][]): this {
    for (let one = 0; one < count; one++) {
      this.#visitors++
      for (const [index, [path, more]] of items.entries()) {
        this.#items.push(serverView(this.#visitors, at + index * 60_000, path, more))
      }
    }
    return this
  }

  async send(site: string): Promise<void> {
    for (let at = 0; at < this.#items.length; at += 400) {
      await service.sendFromServer(site, this.#items.slice(at, at + 400))
    }
  }
}

const event = (name: string) => ({ type: 'event', name })
const lcp = (value: number) => ({ type: 'vital', name: 'LCP', value })
const google = { referrer: 'https://www.google.com/' }
const chatgpt = { referrer: 'https://chatgpt.com/' }

function sendFetches(site: string, fetches: readonly [path: string, count: number, status: number][]): Promise<unknown> {
  const list = fetches.flatMap(([path, count, status_code]) =>
    Array.from({ length: count }, () => ({
      path,
      status_code,
      user_agent: 'Mozilla/5.0 (compatible; GPTBot/1.2)',
      at: new Date(ago(2)).toISOString(),
    })),
  )
  return service.admin(`/api/sites/${site}/ingest/ai-fetch`, list)
}

const addGoal = (site: string, pattern: string) => service.assembly.sql`
  insert into goals (site_id, goal_id, name, type, pattern, pattern_like)
  values (${site}, 'g', 'Bought', 'event', ${pattern}, ${pattern})`

interface Run {
  readonly day: string
  readonly found: number
  readonly changed: number
}

const run = (site: string) => service.admin<Run>(`/api/sites/${site}/opportunities/run`, {})
const list = async (site: string) =>
  (await service.admin<{ opportunities: Opportunity[] }>(`/api/sites/${site}/opportunities`)).opportunities
const seqOf = async (site: string) =>
  (await service.assembly.sql<[{ seq: number }]>`select seq from site_versions where site_id = ${site}`)[0].seq

/** A site with more visits than it takes to be told of set-up gaps, and no goal, vital or log. */
async function makeBareSite(): Promise<string> {
  const site = await service.makeSite()
  await new Crowd().visit(100, ago(3), ['/'], ['/next']).send(site)
  return site
}

describe('a run', () => {
  test('finds what is wrong, each with its sample and figures, and a second one changes nothing', async () => {
    const site = await service.makeSite()
    await addGoal(site, 'purchase')
    const crowd = new Crowd()
    for (const week of [1, 2, 3, 4]) {
      const at = ago(3 + 7 * week)
      crowd.visit(15, at, ['/cart', event('begin_checkout')], ['/done', event('purchase')])
      crowd.visit(5, at, ['/cart', event('begin_checkout')]).visit(60, at, ['/', google], ['/next'])
    }
    crowd
      .visit(4, ago(3), ['/cart', event('checkout_started')], ['/done', event('order_completed')], ['/done', event('purchase')])
      .visit(36, ago(3), ['/cart', event('checkout_started')])
      .visit(5, ago(3), ['/', google], ['/next'])
      .visit(120, ago(2), ['/landing'])
      .visit(60, ago(2), ['/slow', lcp(6_000)])
      .visit(60, ago(2), ['/?utm_campaign=50%25+*+off'], ['/next'])
      .visit(12, ago(2), ['/lost', event('404')])
      .visit(10, ago(2), ['/both', chatgpt], ['/next'])
      .visit(6, ago(2), ['/hidden', chatgpt], ['/next'])
    await crowd.send(site)
    await sendFetches(site, [
      ['/read', 60, 200],
      ['/both', 20, 200],
      ['/gone', 12, 404],
    ])
    const first = await run(site)
    const found = await list(site)
    const named = Object.fromEntries(found.map((one) => [`${one.detector} ${one.subject}`, one]))
    expect(Object.keys(named).toSorted()).toEqual([
      'ai_pages crawled /read',
      'ai_pages referred /hidden',
      'bouncing_pages /landing',
      'checkout_drop ',
      'idle_campaigns 50% * off',
      'missing_pages /gone',
      'missing_pages /lost',
      'slow_pages LCP /slow',
      'source_shifts Direct',
      'source_shifts Google',
    ])
    expect(named['checkout_drop ']).toMatchObject({
      sample: 40,
      evidence: [{ value: 40 }, { value: 8 }, { value: 0.2 }, { value: 0.75 }],
    })
    expect(named['bouncing_pages /landing']).toMatchObject({ sample: 120, until: { value: 1 } })
    expect(named['slow_pages LCP /slow']).toMatchObject({ sample: 60, impact: 1 })
    expect(named['idle_campaigns 50% * off']).toMatchObject({ sample: 60, status: 'new', detector_version: 1 })
    expect(named['missing_pages /lost']?.evidence.map(({ value }) => value)).toEqual([0, 12])
    expect(named['missing_pages /gone']?.evidence.map(({ value }) => value)).toEqual([12, 0])
    expect(named['ai_pages referred /hidden']).toMatchObject({ sample: 6, impact: 6 / 16 })
    expect(named['source_shifts Google']).toMatchObject({ sample: 245, until: { value: 5 / 60, target: 0.5 } })
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a))
    for (const { impact, confidence, score } of found) {
      expect(score).toBeCloseTo(impact * confidence * 100, 9)
      for (const part of [impact, confidence]) expect(part >= 0 && part <= 1).toBe(true)
    }
    expect(first).toMatchObject({ day: '2026-11-03', found: found.length })

    const seq = await seqOf(site)
    expect(await run(site)).toEqual({ day: '2026-11-03', found: found.length, changed: 0 })
    expect(await list(site)).toEqual(found)
    expect(await seqOf(site)).toBe(seq)
  }, 60_000)

  test('finds nothing on a site where all is well', async () => {
    const site = await service.makeSite()
    await addGoal(site, 'purchase')
    const crowd = new Crowd()
    for (const week of [0, 1, 2, 3, 4]) {
      const at = ago(3 + 7 * week)
      crowd.visit(60, at, ['/', { ...google }], ['/next', lcp(1_200)])
      crowd.visit(40, at, ['/?utm_campaign=spring'], ['/cart', event('begin_checkout')], ['/done', event('purchase')])
      crowd.visit(4, at, ['/both', chatgpt], ['/next'])
    }
    await crowd.send(site)
    await sendFetches(site, [
      ['/both', 30, 200],
      ['/old', 9, 404],
    ])
    expect(await run(site)).toMatchObject({ found: 0 })
    expect(await list(site)).toEqual([])
  }, 60_000)

  test('of an empty site finds nothing', async () => {
    expect(await run(await service.makeSite())).toMatchObject({ found: 0 })
  })
})

describe('findings', () => {
  const goals = async (site: string) => (await list(site)).find(({ subject }) => subject === 'goals')
  const decide = (site: string, id: string, status: string) =>
    service.admin<Opportunity>(`/api/sites/${site}/opportunities/${id}`, { status }, 'PATCH')
  const removeGoal = (site: string) => service.assembly.sql`delete from goals where site_id = ${site}`

  test.each([
    ['new', 'new'],
    ['saved', 'new'],
    ['done', 'new'],
    ['dismissed', 'dismissed'],
  ])('that are %s keep that, are resolved when they are gone, and come back as %s', async (status, back) => {
    const site = await makeBareSite()
    await run(site)
    const { id = '' } = (await goals(site)) ?? {}
    expect(await decide(site, id, status)).toMatchObject({ id, status })
    await run(site)
    expect(await goals(site)).toMatchObject({ id, status })

    await addGoal(site, 'purchase')
    expect(await run(site)).toMatchObject({ changed: 1 })
    expect(await goals(site)).toBeUndefined()
    const { rows } = await service.report(site, 'opportunities', 'status=resolved')
    expect(rows).toMatchObject([{ id, subject: 'goals', status: 'resolved', first_seen: '2026-11-03' }])
    expect(await run(site)).toMatchObject({ changed: 0 })

    await removeGoal(site)
    expect(await run(site)).toMatchObject({ changed: 1 })
    expect(await goals(site)).toMatchObject({ id, status: back })
  })

  test('tell streams and caches what changed, and only that', async () => {
    const site = await makeBareSite()
    await run(site)
    const versions = async () => {
      const [row] = await service.assembly.sql<[{ kinds: Record<string, { seq: number } | undefined> }]>`
        select kinds from site_versions where site_id = ${site}`
      return [row.kinds.opportunities?.seq, row.kinds.hits?.seq]
    }
    const [before, hits] = await versions()
    await decide(site, (await goals(site))?.id ?? '', 'saved')
    expect(await versions()).toEqual([(before ?? 0) + 1, hits])
  })

  test('are reported by status, sorted, searched and paged', async () => {
    const site = await makeBareSite()
    await run(site)
    await decide(site, (await goals(site))?.id ?? '', 'saved')
    const subjects = async (query: string) =>
      (await service.report(site, 'opportunities', query)).rows.map(({ subject }) => subject)
    expect(await subjects('status=saved')).toEqual(['goals'])
    expect((await subjects('status=new')).toSorted()).toEqual(['fetches', 'vitals'])
    expect((await subjects('sort=-score')).at(-1)).toBe('goals')
    expect(await subjects('search=GOAL')).toEqual(['goals'])
    expect(await service.report(site, 'opportunities', 'limit=1&offset=1')).toMatchObject({
      total: 3,
      last_run: '2026-11-03',
      rows: [{ detector: 'setup_gaps' }],
    })
  })

  test('of a site that was never looked at are none, with no date', async () => {
    const site = await service.makeSite()
    expect(await service.report(site, 'opportunities')).toEqual({ rows: [], total: 0, last_run: null })
  })

  test.each([
    ['sort=subject', 'sort'],
    ['filter=country:DE', 'filter'],
    ['status=gone', 'status'],
  ])('are not told for %s, and the answer names the parameter', async (query, parameter) => {
    const path = `/api/sites/${await service.makeSite()}/reports/opportunities?${query}`
    const response = await createClient(service, 'admin').get(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })

  test('are decided on by those who manage the site, and only to what a person can say', async () => {
    const site = await makeBareSite()
    await run(site)
    const { id = '' } = (await goals(site)) ?? {}
    const { token } = await service.admin<{ token: string }>('/api/clients', { label: 'r', scopes: ['reports:read'] })
    const [admin, reader] = [createClient(service, 'admin'), createClient(service, token)]
    const path = `/api/sites/${site}/opportunities`
    expect((await reader.get(path)).status).toBe(200)
    expect((await reader.post(`${path}/run`, {})).status).toBe(403)
    expect((await reader.send('PATCH', `${path}/${id}`, { status: 'done' })).status).toBe(403)
    expect((await admin.send('PATCH', `${path}/${id}`, { status: 'resolved' })).status).toBe(400)
    const seq = await seqOf(site)
    expect((await admin.send('PATCH', `${path}/nothing`, { status: 'done' })).status).toBe(404)
    expect((await admin.send('PATCH', `${path}/${'%00'}`, { status: 'done' })).status).toBe(404)
    expect(await seqOf(site)).toBe(seq)
  })

  test('go with their site', async () => {
    const site = await makeBareSite()
    await run(site)
    await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    expect(await service.assembly.sql`select from opportunities where site_id = ${site}`).toHaveLength(0)
    expect(await service.assembly.sql`select from opportunity_runs where site_id = ${site}`).toHaveLength(0)
  })
})

describe('runs that are asked for at once', () => {
  test('are one run, which all of them are told of', async () => {
    const site = await makeBareSite()
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => run(site)))
    expect(first?.changed).toBeGreaterThan(0)
    for (const other of others) expect(other).toEqual(first as Run)
    expect((await run(site)).changed).toBe(0)
  })
})

describe('the schedule', () => {
  test('runs on the other sites where one is in a zone that is unknown', async () => {
    await using own = await openService({ now: () => now })
    const { sql } = own.assembly
    const [lost, ...others] = [await own.makeSite(), await own.makeSite(), await own.makeSite()]
    const ids = [lost, ...others].toSorted()
    const [first] = ids
    await sql`update sites set timezone = 'Mars/Base' where site_id = ${first ?? ''}`
    const errors: unknown[] = []
    const onError = (error: unknown) => errors.push(error)
    await using schedule = createSchedule({ sql, now: () => now, publish: () => undefined, everyMs: 3_600_000, onError })
    await schedule.look()
    const ran = await sql<{ site_id: string }[]>`select site_id from opportunity_runs order by site_id`
    expect(ran.map(({ site_id }) => site_id)).toEqual(ids.slice(1))
    expect(errors).toHaveLength(1)
  })

  test('runs once a day of the site, and on one node at a time', async () => {
    const site = await makeBareSite()
    const tokyo = await service.makeSite({ timezone: 'Asia/Tokyo' })
    const { sql } = service.assembly
    const moved: string[] = []
    const errors: unknown[] = []
    const options = { sql, now: () => now, everyMs: 3_600_000, onError: (error: unknown) => errors.push(error) }
    const publish = (versions: readonly { site_id: string }[]) => moved.push(...versions.map(({ site_id }) => site_id))
    await using one = createSchedule({ ...options, publish })
    await using other = createSchedule({ ...options, publish })
    await Promise.all([one.look(), other.look()])
    expect(moved.filter((id) => id === site)).toHaveLength(1)
    expect((await list(site)).length).toBeGreaterThan(0)
    await other.look()
    expect(moved.filter((id) => id === site || id === tokyo)).toHaveLength(2)
    const before = now
    try {
      // Midnight has come in Tokyo, and not yet in UTC.
      now = Date.UTC(2026, 10, 3, 15, 20) + 8 * 3_600_000
      await other.look()
      expect(moved.filter((id) => id === site)).toHaveLength(1)
      now = Date.UTC(2026, 10, 4, 0, 1)
      await one.look()
      expect(moved.filter((id) => id === site)).toHaveLength(2)
    } finally {
      now = before
    }
    expect(errors).toEqual([])
  }, 60_000)
})

describe('hk opportunities', () => {
  test('runs the detectors, lists what they find, and takes a decision', async () => {
    const site = await makeBareSite()
    const api = {
      url: 'http://test',
      dataDir: '/none',
      ask: <T>(method: string, path: string, body?: unknown) => service.admin<T>(path, body, method),
      read: () => Promise.reject(new Error('Nothing is read as a file here.')),
      upload: () => Promise.reject(new Error('Nothing is sent as a file here.')),
    }
    const hk = (...words: string[]) => opportunities(api, words, { site })
    expect(await hk()).toContain('hk opportunities run')
    expect(await hk('run')).toContain('Found 3')
    const line = (await hk()).split('\n').find((text) => text.endsWith('goals')) ?? ''
    expect(line).toMatch(/^[0-9a-f]{20} +50\.0 +new +setup_gaps +goals$/)
    const [id = ''] = line.split(' ')
    expect(await hk('saved', id)).toStartWith(`${id} is saved`)
    expect(await hk()).toMatch(/saved +setup_gaps +goals/)
    await expect(hk('saved', '../x')).rejects.toThrow('is no id')
    await expect(hk('resolved', id)).rejects.toThrow('Usage')
    await addGoal(site, 'purchase')
    await new Crowd().visit(1, ago(2), ['/', lcp(900)]).send(site)
    await sendFetches(site, [['/', 1, 200]])
    await hk('run')
    expect(await hk()).toBe('Nothing found on 2026-11-03.')
  })
})
