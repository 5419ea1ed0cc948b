/**
 * The importer against a real log of 10,000 lines, with figures worked out by awk from the raw file.
 *
 * Method: awk shares neither code nor patterns with the importer; it splits lines at their quotes. Only who
 * is a bot it can't know: it is given the list of user agents that our judge takes for bots. The visitors'
 * figure is the distinct (address, agent) of a UTC day, which is what a daily visitor id stands for.
 */
import { beforeAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judgeAgent } from '../../server/ingest/index.ts'
import { importLog } from '../../server/logs/index.ts'
import type { ImportSummary, LogItem } from '../../server/logs/index.ts'

const log = fileURLToPath(new URL('../../../shared/data/apache_logs', import.meta.url))
const missing = !existsSync(log) || spawnSync('awk', ['BEGIN{}']).status !== 0
if (missing) console.warn('skipped: the real log (../shared/data/apache_logs) or awk is not here')

/** Keeps pageviews; a report may use `day`, `head[1]` (address), `path` (no query), `referrer`, `agent`. */
const pageviews = String.raw`
  NR == FNR { bots[$0] = 1; next }
  {
    if (split($0, cells, "\"") < 7) next
    request = cells[2]; referrer = cells[4]; agent = cells[6]
    split(request, p, " "); split(cells[3], s, " "); split(cells[1], head, " ")
    if (p[1] != "GET") next
    if (substr(s[1], 1, 1) != "2" && s[1] != "304") next
    if (agent in bots) next
    path = p[2]; query = ""
    mark = index(path, "?")
    if (mark > 0) { query = substr(path, mark); path = substr(path, 1, mark - 1) }
    if (query ~ /flav=(rss|atom)/) next
    n = split(path, names, "/"); file = tolower(names[n])
    dots = split(file, bits, "."); ending = (dots > 1 ? bits[dots] : "")
    files = " css js png jpg jpeg gif ico svg ttf woff swf xml xsl rss txt log pdf doc jar exe gz deb gem "
    if (ending != "" && index(files, " " ending " ") > 0) next
    if (file == "feed" || (file == "" && names[n - 1] == "feed")) next
    day = substr(head[4], 2, 11)
    REPORT
  }`

function awk(report: string, end = ''): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'hk-log-'))
  try {
    const bots = join(folder, 'bots')
    const agents = run(['-F"', '{ print $6 }', log])
    const judged = [...new Set(agents)].filter((agent) => judgeAgent(agent).kind !== 'person')
    writeFileSync(bots, judged.join('\n'))
    return run([`${pageviews.replace('REPORT', report)} END { ${end} }`, bots, log])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(parameters: string[]): string[] {
  const { status, stdout, stderr } = spawnSync('awk', parameters, { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((row) => row !== '')
}

/** The ten most frequent, ties by name, as `name count`. */
function topTen(values: Iterable<string>): string[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([name, count]) => `${name} ${count}`)
}

describe.skipIf(missing)('the real log', () => {
  const items: LogItem[] = []
  let summary: ImportSummary

  const importTo = (target: LogItem[], keepDates: boolean) =>
    importLog({
      source: () => createReadStream(log),
      site: 'site-1',
      hostname: 'semicomplete.com',
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
    expect(items.length).toBe(Number(awk('count++', 'print count')[0]))
    expect(items.length).toBeGreaterThan(1_000)
  })

  test('visitors of each day are as many as awk counts', () => {
    const seen = new Map<string, Set<string>>()
    for (const { at, visitor_ip, user_agent } of items) {
      const day = at.slice(8, 10)
      seen.set(day, (seen.get(day) ?? new Set()).add(`${visitor_ip} ${user_agent}`))
    }
    const counted = awk(
      'key = day head[1] " " agent; if (!(key in seen)) { seen[key] = 1; visitors[substr(day, 1, 2)]++ }',
      'for (d in visitors) print d, visitors[d]',
    )
    expect([...seen].map(([day, visitors]) => `${day} ${visitors.size}`).sort()).toEqual(counted.sort())
    expect(counted).toHaveLength(4)
  })

  test('the ten top pages are those of awk', () => {
    const paths = items.map(({ url }) => new URL(url).pathname)
    expect(topTen(paths)).toEqual(topTen(awk('print path')))
  })

  test('the ten top referring hosts are those of awk', () => {
    const hosts = items.flatMap(({ referrer }) => URL.parse(referrer)?.hostname ?? [])
    const counted = awk('if (split(referrer, r, "/") > 2) { sub(/:[0-9]+$/, "", r[3]); print tolower(r[3]) }')
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
