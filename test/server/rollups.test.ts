/**
 * Roll-ups against the raw rows, by SQL that is written for this test alone: whatever arrives, in whatever
 * order and parts, each roll-up is what the rows of its day say.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Fragment } from 'postgres'
import { itemDimensions, type Sql, unroll, visitDimensions } from '../../server/store/index.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService
let sql: Sql

beforeAll(async () => {
  service = await openService({ now: () => now })
  sql = service.assembly.sql
})
afterAll(() => service[Symbol.asyncDispose]())

interface Line {
  readonly day: string
  readonly dimension: string
  readonly value: string
  readonly visitors: number
  readonly visits: number
  readonly bounces: number
  readonly duration_ms: number
  readonly pageviews: number
  readonly events: number
}

const name = ({ day, dimension, value }: Line) => `${day} ${dimension} ${value}`

/** All roll-ups of a site that say something. */
async function rolled(site: string): Promise<Line[]> {
  await service.assembly.roller.idle()
  const rows = await sql<Line[]>`
    select day::text as day, dimension, value, visitors, visits, bounces, duration_ms, pageviews, events
    from rollups
    where site_id = ${site}
      and (visitors, visits, bounces, duration_ms, pageviews, events) <> (0, 0, 0, 0, 0, 0)`
  return rows.toSorted((a, b) => (name(a) < name(b) ? -1 : 1))
}

/** The same from raw rows. */
async function brute(site: string): Promise<Line[]> {
  const [found] = await sql<[{ timezone: string }]>`select timezone from sites where site_id = ${site}`
  const zone = found.timezone
  const day = (at: 'i.at' | 'v.started_at') => sql`(${sql(at)} at time zone ${zone})::date`
  const hour = (at: 'i.at' | 'v.started_at') => sql`to_char(
    ${sql(at)} - make_interval(mins => extract(minute from ${sql(at)} at time zone ${zone})::int)
      - make_interval(secs => extract(second from ${sql(at)})::float8), 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`
  const items = (value: Fragment, dimension: string, from: Fragment = sql``) => sql`
    select ${day('i.at')} as day, ${dimension} as dimension, ${value} as value,
           count(distinct i.visitor_id) as visitors, 0 as visits, 0 as bounces, 0 as duration_ms,
           count(*) filter (where i.type = 'pageview') as pageviews,
           count(*) filter (where i.type = 'event') as events
    from items i join visits v using (site_id, visit_id) ${from}
    where i.site_id = ${site} and i.type <> 'vital'
    group by 1, 3`
  const sums = sql`
    0, count(*), count(*) filter (where pageviews = 1 and events = 0),
    sum(extract(epoch from last_at - started_at) * 1000), 0, 0`
  const visits = (value: Fragment, dimension: string) => sql`
    select ${day('v.started_at')}, ${dimension}, ${value}, ${sums}
    from visits v
    where v.site_id = ${site}
    group by 1, 3`
  const visitsWith = (value: Fragment, dimension: string, from: Fragment = sql``) => sql`
    select day, ${dimension}, value, ${sums}
    from (
      select distinct ${day('v.started_at')} as day, ${value} as value, v.*
      from items i join visits v using (site_id, visit_id) ${from}
      where i.site_id = ${site} and i.type <> 'vital') x
    group by 1, 3`
  const reachingAs = (goal: Fragment) => sql`
    join goals ${goal} on ${goal}.site_id = i.site_id and (
      ${goal}.type = 'page' and i.type = 'pageview' and i.page like ${goal}.pattern_like
      or ${goal}.type = 'event' and i.type = 'event' and i.name like ${goal}.pattern_like
        and (${goal}.conditions = '[]' or i.props ->> 'plan' like ${goal}.conditions -> 0 ->> 'like'))`
  const [reaching, reachingAlso] = [reachingAs(sql`g`), reachingAs(sql`also`)]
  const some = (value: Fragment) => sql`nullif(${value}, '')`
  const convertedBy = (value: Fragment, dimension: string, from: Fragment = sql``) => [
    items(some(value), `converted ${dimension}`, sql`${reaching} ${from}`),
    visitsWith(some(value), `converted ${dimension}`, sql`${reaching} ${from}`),
  ]
  const ofEvents = sql`join (select 'event'::item_type as type) e on e.type = i.type`
  const parts = [
    items(sql`''`, 'total'),
    visits(sql`''`, 'total'),
    items(hour('i.at'), 'hour'),
    visits(hour('v.started_at'), 'hour'),
    ...visitDimensions.flatMap((dimension) => [
      items(sql`v.${sql(dimension)}`, dimension),
      visits(sql`v.${sql(dimension)}`, dimension),
    ]),
    ...(['page', 'hostname'] as const).flatMap((dimension) => [
      items(sql`i.${sql(dimension)}`, dimension),
      visitsWith(sql`i.${sql(dimension)}`, dimension),
    ]),
    items(sql`i.name`, 'event', ofEvents),
    visitsWith(sql`i.name`, 'event', ofEvents),
    items(sql`g.goal_id`, 'goal', reaching),
    visitsWith(sql`g.goal_id`, 'goal', reaching),
    items(sql`''`, 'goal', reaching),
    visitsWith(sql`''`, 'goal', reaching),
    ...visitDimensions.flatMap((dimension) => convertedBy(sql`v.${sql(dimension)}`, dimension)),
    ...(['page', 'hostname'] as const).flatMap((dimension) => convertedBy(sql`i.${sql(dimension)}`, dimension)),
    ...convertedBy(sql`i.name`, 'event', ofEvents),
    ...convertedBy(sql`also.goal_id`, 'goal', reachingAlso),
  ]
  const rows = await sql<Line[]>`
    select day::text as day, dimension, value, sum(visitors)::int as visitors, sum(visits)::int as visits,
           sum(bounces)::int as bounces, sum(duration_ms)::float8 as duration_ms,
           sum(pageviews)::int as pageviews, sum(events)::int as events
    from (${parts.reduce((all, part) => sql`${all} union all ${part}`)}) x
    where value is not null
    group by 1, 2, 3`
  return rows.toSorted((a, b) => (name(a) < name(b) ? -1 : 1))
}

/** Samples of vitals by day, as they are sketched, and as the raw rows say. */
async function samples(site: string): Promise<{ sketched: object[]; raw: object[] }> {
  const sketched = await sql`
    select day::text as day, metric, sum(samples)::int as n
    from vital_sketches
    where site_id = ${site}
    group by 1, 2 order by 1, 2`
  const raw = await sql`
    select (at at time zone timezone)::date::text as day, i.name as metric, count(*)::int as n
    from items i
      join sites using (site_id)
    where site_id = ${site} and type = 'vital'
    group by 1, 2 order by 1, 2`
  return { sketched: [...sketched], raw: [...raw] }
}

async function makeGoals(site: string): Promise<void> {
  await sql`
    insert into goals (site_id, goal_id, name, type, pattern, pattern_like, conditions) values
      (${site}, 'a', 'Section a', 'page', '/a*', '/a%', '[]'),
      (${site}, 'r', 'Start', 'page', '/', '/', '[]'),
      (${site}, 'p', 'Paid', 'event', 'signup', 'signup',
       '[{"property": "plan", "value": "pro*", "like": "pro%"}]')`
}

const item = fc.record({
  visitor: fc.integer({ min: 0, max: 4 }),
  // From before the end of Berlin's summer time to after it; steps around the gap that ends a visit.
  at: fc.integer({ min: 0, max: 4 * 24 * 8 }).map((step) => Date.UTC(2026, 9, 23, 20) + step * 7.5 * 60_000),
  type: fc.constantFrom('pageview', 'pageview', 'pageview', 'event', 'engagement', 'vital'),
  page: fc.constantFrom('/', '/a', '/a/b', '/c?utm_source=letter&utm_campaign=x', '/c'),
  referrer: fc.constantFrom('', 'https://www.google.com/', 'https://chatgpt.com/'),
  name: fc.constantFrom('signup', 'purchase'),
  plan: fc.constantFrom('pro', 'pro-team', 'free'),
})

type Made = ReturnType<typeof item.generate>['value']

function sent({ visitor, at, type, page, referrer, name, plan }: Made) {
  const more =
    type === 'event'
      ? { name, props: { plan } }
      : type === 'vital'
        ? { name: 'LCP', value: 900 }
        : type === 'engagement'
          ? { value: 5 }
          : {}
  return serverView(visitor, at, page, { type, referrer, ...more })
}

describe('roll-ups are what the raw rows say', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Marquesas', 'America/St_Johns'])(
    'in %s, in whatever order and parts items arrive, also twice',
    async (timezone) => {
      const parts = fc.array(fc.array(item, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(parts, fc.boolean(), async (batches, again) => {
          const site = await service.makeSite({ timezone })
          await makeGoals(site)
          for (const batch of batches) {
            const items = batch.map(sent)
            await service.sendFromServer(site, items)
            if (again) await service.sendFromServer(site, items.toReversed())
          }
          const expected = await brute(site)
          expect(await rolled(site)).toEqual(expected)
          const { sketched, raw } = await samples(site)
          expect(sketched).toEqual(raw)
          expect(new Set(expected.map(({ dimension }) => dimension)).size).toBeLessThanOrEqual(
            2 * (visitDimensions.length + itemDimensions.length) + 2,
          )
        }),
        { numRuns: 12 },
      )
    },
    120_000,
  )

  test('when they are computed anew, also while items arrive', async () => {
    const batches = fc.array(fc.array(item, { minLength: 1, maxLength: 10 }), { minLength: 3, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const site = await service.makeSite({ timezone: 'Europe/Berlin' })
        const [first = [], ...others] = all
        await service.sendFromServer(site, first.map(sent))
        await makeGoals(site)
        const giveUp = (families: ('traffic' | 'goals')[]) =>
          sql.begin(async (tx) => {
            await tx`select from site_versions where site_id = ${site} for update`
            await unroll(tx, site, families)
          })
        await giveUp(['traffic', 'goals'])
        service.assembly.roller.wake()
        await Promise.all(others.map((batch) => service.sendFromServer(site, batch.map(sent))))
        await giveUp(['goals'])
        service.assembly.roller.wake()
        await Promise.all(others.map((batch) => service.sendFromServer(site, batch.map(sent))))
        await service.assembly.roller.idle()
        expect(await sql`select from unrolled_days where site_id = ${site}`).toHaveLength(0)
        expect(await rolled(site)).toEqual(await brute(site))
        const { sketched, raw } = await samples(site)
        expect(sketched).toEqual(raw)
      }),
      { numRuns: 10 },
    )
  }, 120_000)
})
