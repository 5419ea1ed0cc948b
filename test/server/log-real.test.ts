/**
 * The importer against a real log of 10,000 lines, with figures worked out by awk from the raw file.
 */
import { beforeAll, describe, expect, test } from 'bun:test'
import { createReadStream } from 'node:fs'
import { importLog, readerFor } from '../../server/logs/index.ts'
import type { ImportSummary, LogItem } from '../../server/logs/index.ts'
import { countPageviews, isMissing, realLog } from '../support/access-log.ts'

/** The ten most frequent, ties by name, as `name count`. */
function topTen(values: Iterable<string>): string[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([name, count]) => `${name} ${count}`)
}

describe.skipIf(isMissing)('the real log', () => {
  const items: LogItem[] = []
  let summary: ImportSummary

  const importTo = (target: LogItem[], keepDates: boolean) =>
    importLog({
      files: [{ name: 'access.log', open: () => createReadStream(realLog) }],
      site: 'site-1',
      hostname: 'semicomplete.com',
      reader: readerFor('auto'),
      keepDates,
      post: (...[route, body]) => {
        if (route === 'ingest') target.push(...body.items)
        return Promise.resolve({ accepted: 0, rejected: [] })
      },
    })

  beforeAll(async () => {
    summary = await importTo(items, true)
  })

  test('every line is a pageview, a fetch, left out or malformed; one line is cut off', () => {
    const leftOut = Object.values(summary.left_out).reduce((sum, n) => sum + n, 0)
    expect(summary.lines).toBe(10_000)
    expect(summary.pageviews + summary.ai_fetches + leftOut + summary.malformed.count).toBe(10_000)
    expect(summary.malformed).toMatchObject({ count: 1, examples: [{ line: 8_899 }] })
  })

  test('pageviews are as many as awk counts', () => {
    expect(items.length).toBe(Number(countPageviews('count++', 'print count')[0]))
    expect(items.length).toBeGreaterThan(1_000)
  })

  test('visitors of each day are as many as awk counts', () => {
    const seen = new Map<string, Set<string>>()
    for (const { at, visitor_ip, user_agent } of items) {
      const day = at.slice(8, 10)
      seen.set(day, (seen.get(day) ?? new Set()).add(`${visitor_ip} ${user_agent}`))
    }
    const counted = countPageviews(
      'key = day head[1] " " agent; if (!(key in seen)) { seen[key] = 1; visitors[substr(day, 1, 2)]++ }',
      'for (d in visitors) print d, visitors[d]',
    )
    expect([...seen].map(([day, visitors]) => `${day} ${visitors.size}`).sort()).toEqual(counted.sort())
    expect(counted).toHaveLength(4)
  })

  test('the ten top pages are those of awk', () => {
    const paths = items.map(({ url }) => new URL(url).pathname)
    expect(topTen(paths)).toEqual(topTen(countPageviews('print path')))
  })

  test('the ten top referring hosts are those of awk', () => {
    const hosts = items.flatMap(({ referrer }) => URL.parse(referrer)?.hostname ?? [])
    const host = 'if (split(referrer, r, "/") > 2) { sub(/:[0-9]+$/, "", r[3]); print tolower(r[3]) }'
    const counted = countPageviews(host)
    expect(topTen(hosts)).toEqual(topTen(counted))
  })

  test('again, with dates moved, it is the same items', async () => {
    const again: LogItem[] = []
    await importTo(again, false)
    expect(again.map(({ id }) => id)).toEqual(items.map(({ id }) => id))
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    const newest = Math.max(...again.map(({ at }) => Date.parse(at)))
    expect(Date.now() - newest).toBeLessThan(2 * 86_400_000)
  })
})
