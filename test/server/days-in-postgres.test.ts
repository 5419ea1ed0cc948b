/**
 * Days as Postgres is asked for them and as the service reckons them, which alone decides: nothing that is answered depends
 * on what SQL makes of a day that begins twice, or at 01:00, nor on which edition of the tz database Postgres has.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { TrackingStatus } from '@hk-live/sdk/protocol'
import { nextDay, slotOf, startOfDay } from '../../server/store/calendar.ts'
import type { ShownImport } from '../support/imports.ts'
import { numbers } from '../support/numbers.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

/** Other zones and days can be tried by the environment. */
const seed = Number(process.env['HK_SEED'] ?? 2_040)
const [begin, end] = [Date.UTC(2000, 0, 2), Date.UTC(2040, 11, 31)]
const minute = 60_000

/** Zones with days that begin twice, at another hour than midnight, or not at all; with shifts of 30 minutes or two hours. */
const odd = [
  'America/Sao_Paulo', 'America/Havana', 'America/St_Johns', 'America/Goose_Bay', 'America/Scoresbysund', 'Africa/Cairo', 'Africa/Casablanca',
  'Asia/Beirut', 'Asia/Tehran', 'Asia/Gaza', 'Asia/Amman', 'Asia/Pyongyang', 'Asia/Kathmandu', 'Pacific/Apia', 'Pacific/Kwajalein', 'Pacific/Chatham',
  'Antarctica/Troll', 'Antarctica/Casey', 'Australia/Lord_Howe', 'Atlantic/Azores',
]

let service: TestService
let random: () => number
beforeEach(() => {
  random = numbers(seed)
})
beforeAll(async () => {
  service = await openService({ now: () => Date.UTC(2041, 0, 1) })
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const zones = (count: number) => {
  const all = Intl.supportedValuesOf('timeZone')
  return [...new Set([...odd, ...Array.from({ length: count }, () => all[Math.floor(random() * all.length)] ?? 'UTC')])]
}

/** Instants at which the clocks of a zone are changed. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  for (let at = Temporal.Instant.fromEpochMilliseconds(begin).toZonedDateTimeISO(zone); ; ) {
    const next = at.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds > end) return changes
    changes.push(next.epochMilliseconds)
    at = next
  }
}

const text = (at: number) => new Date(at).toISOString()

/** What clocks show in Postgres at some instants, as `2026-11-22 09:00`. */
async function clocks(zone: string, times: readonly number[]): Promise<string[]> {
  const rows = await service.assembly.sql<{ local: string }[]>`
    select to_char(t at time zone ${zone}, 'YYYY-MM-DD HH24:MI') as local
    from unnest(${times.map(text)}::timestamptz[]) with ordinality as x (t, n)
    order by n`
  return rows.map(({ local }) => local)
}

/** Days of a zone whose start Postgres would have elsewhere. */
async function daysApart(zone: string): Promise<string[]> {
  const days = changesOf(zone).flatMap((at) => [-1, 0, 1].map((add) => text(at + add * 86_400_000).slice(0, 10)))
  const rows = await service.assembly.sql<{ day: string; at: number }[]>`
    select day, (extract(epoch from day::date::timestamp at time zone ${zone}) * 1000)::float8 as at
    from unnest(${[...new Set(days)]}::text[]) as x (day)`
  return rows.filter(({ day, at }) => startOfDay(day, zone) !== at).map(({ day }) => day)
}

const one = <T>(list: readonly T[]) => list.slice(Math.floor(random() * list.length)).slice(0, 1)

/** Some instants of a zone: one that Postgres has on another day, one at which clocks are changed, and any other. */
async function someTimes(zone: string): Promise<number[]> {
  const around = changesOf(zone).flatMap((at) => [at, at + 1 * minute, at + 29 * minute])
  const shown = await clocks(zone, around)
  const any = begin + Math.floor(random() * (end - begin))
  return [...one(around.filter((at, index) => slotOf(at, zone).day !== shown[index]?.slice(0, 10))), ...one(around), any]
}

/** Some days of a zone: one on which Postgres goes by another start, one on which clocks are changed, and any other. */
async function someDays(zone: string): Promise<string[]> {
  const changed = changesOf(zone).map((at) => slotOf(at, zone).day)
  const any = text(begin + Math.floor(random() * (end - begin))).slice(0, 10)
  return [...one(await daysApart(zone)), ...one(changed), any].filter((day) => day > '2000-01-04' && day < '2040-12-28')
}

describe(`days (HK_SEED=${seed})`, () => {
  test('are those of other instants in Postgres, where zones have the same clocks, too', async () => {
    const otherData: string[] = []
    const otherDays: string[] = []
    for (const zone of zones(20)) {
      const times = changesOf(zone).flatMap((at) => [at - minute, at, at + minute])
      const shown = await clocks(zone, times)
      const own = times.map((at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString().slice(0, 16).replace('T', ' '))
      if (!Bun.deepEquals(shown, own)) otherData.push(zone)
      else if (times.some((at, index) => slotOf(at, zone).day !== shown[index]?.slice(0, 10)) || (await daysApart(zone)).length > 0) otherDays.push(zone)
    }
    if (otherData.length > 0) console.log(`Postgres has another edition of the tz database: ${otherData.join(', ')}`)
    expect([...otherDays, ...otherData]).toEqual(expect.arrayContaining(['America/Havana', 'America/St_Johns', 'Atlantic/Azores']))
  }, 60_000)

  test('that were imported hide no item of the site on the days around them', async () => {
    const { sql } = service.assembly
    for (const zone of zones(10)) {
      for (const day of await someDays(zone)) {
        const after = nextDay(day)
        // The imported day ends where a day begins that is special, or is one.
        const imported = random() < 0.5 ? day : text(Date.parse(day) - 86_400_000).slice(0, 10)
        const [first, last] = [startOfDay(imported, zone) - 1, startOfDay(imported === day ? after : day, zone)]
        const site = await service.makeSite({ timezone: zone })
        await sql`insert into imported_days (site_id, day, import_id, raw) values (${site}, ${imported}, 'i', true)`
        for (const at of [first, last]) await service.sendFromServer(site, [serverView(1, at)])
        const { first_at, last_at } = await service.admin<TrackingStatus>(`/api/sites/${site}/tracking`)
        expect([zone, imported, first_at, last_at]).toEqual([zone, imported, text(first), text(last)])
      }
    }
  }, 120_000)

  test('of an import of access logs are those of its rows in reports', async () => {
    for (const zone of zones(10)) {
      for (const at of await someTimes(zone)) {
        const { day } = slotOf(at, zone)
        const site = await service.makeSite({ timezone: zone })
        const { id } = await service.admin<{ id: string }>(`/api/sites/${site}/imports/logs`, { label: 'access.log' })
        await service.admin(`/api/sites/${site}/ingest?import=${id}`, { items: [serverView(1, at), serverView(2, at + 1)] })
        const ended = await service.admin<ShownImport>(`/api/sites/${site}/imports/logs/${id}/end`, { left_out: {} })
        const { points } = await service.report(site, 'timeseries', `from=${day}&to=${day}&interval=day&metrics=pageviews`)
        expect([zone, text(at), points.length, points[0]?.pageviews]).toEqual([zone, text(at), 1, 2])
        expect([zone, text(at), ended.first_day, ended.last_day]).toEqual([zone, text(at), day, day])
      }
    }
  }, 120_000)
})
