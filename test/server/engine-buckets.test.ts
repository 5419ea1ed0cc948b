/** Buckets of the engine: a time is in the last one that begins at it or before, whatever the clocks did. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Interval } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import sql from 'sql-template-tag'
import { bucketOf } from '../../server/reports/count/buckets.ts'
import { microsOf } from '../../server/engine/index.ts'
import { bucketStarts } from '../../server/reports/range.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { openService, type TestService } from '../support/service.ts'

let service: TestService
let counting: Counting
let site: string
beforeAll(async () => {
  service = await openService()
  counting = await openCounting(service.assembly.sql, Date.now)
  site = await service.makeSite()
}, 60_000)
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

const instant = (day: string, timezone: string) => Temporal.PlainDate.from(day).toZonedDateTime(timezone).epochMilliseconds

/** The buckets of some times. */
async function bucketsOf(starts: readonly number[], times: readonly number[]): Promise<number[] | undefined> {
  const query = sql`select (${bucketOf(sql`t`, { starts })})::double as bucket from (select unnest(${times.map(microsOf)}) as t)`
  return (await counting.sites.ask(site, (data) => data.all<{ bucket: number }>(query)))?.map(({ bucket }) => bucket)
}

/** Zones with steps of less than an hour, a day that is left out, and days of 23 and 25 hours. */
const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Monrovia', 'Pacific/Apia', 'Pacific/Kwajalein', 'America/Caracas', 'Africa/Casablanca', 'Asia/Pyongyang', 'America/Sao_Paulo']
const lengths: readonly [Interval, number][] = [['minute', 1], ['hour', 90], ['day', 900], ['week', 3_000], ['month', 20_000]]

describe.each(zones)('in %s', (timezone) => {
  test('each time is in its bucket', async () => {
    const asked = fc.record({ length: fc.constantFrom(...lengths), day: fc.nat(19_000), part: fc.double({ min: 0, max: 1, noNaN: true }), shift: fc.constantFrom(0, 0, 5_400_000, 1) })
    await fc.assert(
      fc.asyncProperty(asked, async ({ length: [interval, days], day, part, shift }) => {
        const date = Temporal.PlainDate.from('1970-01-02').add({ days: day })
        const from = instant(date.toString(), timezone) + shift
        const to = instant(date.add({ days: 1 + Math.floor(part * days) }).toString(), timezone) + 86_400_000
        const starts = bucketStarts({ from, to, interval, timezone })
        const any = Array.from({ length: 40 }, (_, index) => from + Math.floor(((to - from) * index) / 40))
        const times = [from, to - 1, ...any, ...starts.slice(-60), ...starts.slice(0, 60), ...starts.slice(0, 60).map((start) => start - 1)].filter((at) => at >= from && at < to)
        expect(await bucketsOf(starts, times)).toEqual(times.map((at) => starts.findLastIndex((start) => start <= at) + 1))
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})

test('a long range takes no more than its buckets do', async () => {
  for (const timezone of zones) {
    for (const [interval, end] of [['month', '2199-12-31'], ['day', '1996-12-31']] as const) {
      const starts = bucketStarts({ from: instant('1970-01-01', timezone), to: instant(end, timezone), interval, timezone })
      const sizes = bucketOf(sql`t`, { starts }).values.map((value) => (Array.isArray(value) ? value.length : 1))
      expect(Math.max(...sizes)).toBeLessThan(starts.length * 1.2)
    }
  }
})
