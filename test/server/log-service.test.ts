/**
 * An access log through the whole line: `hk import-log` as a process → HTTP → Postgres → reports, compared
 * with what awk works out from the raw file (see `test/support/access-log.ts`).
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer, Point, ReportName, Row } from '../../sdk/protocol.ts'
import { awk, countPageviews, isMissing, realLog } from '../support/access-log.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { spawn } from '../support/process.ts'
import { operatorToken } from '../support/remote.ts'

const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }
const days = 'from=2015-05-17&to=2015-05-20'

let service: OperatedService

beforeAll(async () => {
  service = await openOperated()
}, 60_000)

afterAll(() => service[Symbol.asyncDispose]())

const makeSite = async (domain: string) => (await service.admin<{ id: string }>('/api/sites', { domain })).id

const report = <N extends ReportName>(site: string, name: N, query: string) =>
  service.admin<Answer<N>>(`/api/sites/${site}/reports/${name}?${query}`)

/** Runs `hk import-log` to its end and returns what it printed, without the progress. */
async function importLog(file: string, site: string, ...options: string[]): Promise<string[]> {
  const command = ['bun', 'server/cli.ts', 'import-log', file, '--site', site, ...options]
  const hk = spawn(command, service.environment)
  expect([await hk.exited, hk.output()]).toEqual([0, expect.any(String)])
  const progress = /taken by the service$|^\d+ % looking for the newest date|^This is the import /
  return hk
    .output()
    .trim()
    .split('\n')
    .filter((line) => !progress.test(line))
}

describe.skipIf(isMissing)('the real log, imported', () => {
  let site: string
  let printed: string[]

  beforeAll(async () => {
    site = await makeSite('semicomplete.com')
    printed = await importLog(realLog, site, '--keep-dates')
  }, 60_000)

  const topRows = async (by: 'page' | 'referrer', numbers: readonly (keyof Row)[]) => {
    const { data } = await report(site, 'breakdown', `${days}&by=${by}&limit=10`)
    return data.rows.map((row) => [row.value, ...numbers.map((name) => row[name])].join('\t'))
  }

  /** The first ten of rows `value, visitors, …`, by visitors falling, then by value. */
  const firstTen = (rows: readonly string[]) => {
    const key = (row: string) => row.split('\t')
    const order = ([a = '', n]: string[], [b = '', m]: string[]) => Number(m) - Number(n) || (a < b ? -1 : 1)
    return rows.toSorted((a, b) => order(key(a), key(b))).slice(0, 10)
  }

  /** The visits of awk, in order of time: what a visitor does with gaps under 30 minutes. */
  const countVisits = (begin: string, end: string) => {
    // Day, address, agent, second of the day and referrer; zeros before the second make rows sort by time.
    const items = countPageviews(String.raw`
      split(head[4], t, ":")
      seconds = t[2] * 3600 + t[3] * 60 + t[4]
      printf "%s\t%s\t%s\t%06d\t%s\n", substr(day, 1, 2), head[1], agent, seconds, referrer`)
    const program = String.raw`{
      visitor = $1 FS $2 FS $3
      if (visitor != last || $4 - before >= 1800) { ${begin} }
      last = visitor; before = $4
    } END { ${end} }`
    return awk(['-F\t', program], items.toSorted())
  }

  test('says what became of each line', () => {
    const views = Number(countPageviews('count++', 'print count')[0]).toLocaleString('en')
    expect(printed[0]).toStartWith(`10,000 lines: ${views} pageviews of people, `)
    expect(printed).toContain('Dates are kept.')
    expect(printed.at(-2)).toBe('Not readable: 1 line, as')
    expect(printed.at(-1)).toStartWith('  line 8899: ')
  })

  test('has the pageviews, visitors and visits of each day that awk counts', async () => {
    const query = `${days}&interval=day&metrics=pageviews,visitors,visits`
    const { data } = await report(site, 'timeseries', query)
    const reported = data.points.map((point: Point) =>
      [point.at.slice(8, 10), point.pageviews, point.visitors, point.visits].join(' '),
    )
    const items = countPageviews(
      'd = substr(day, 1, 2); views[d]++; key = d head[1] " " agent; if (!seen[key]++) visitors[d]++',
      'for (d in views) print d, views[d], visitors[d]',
    )
    const visits = countVisits('visits[$1]++', 'for (d in visits) print d, visits[d]').toSorted()
    const counted = items.toSorted().map((row, index) => `${row} ${visits[index]?.slice(3)}`)
    expect(reported).toEqual(counted)
    expect(reported).toHaveLength(4)
  })

  test('has the ten top pages that awk counts', async () => {
    const counted = countPageviews(
      'views[path]++; key = day head[1] " " agent " " path; if (!seen[key]++) visitors[path]++',
      'for (path in views) print path "\\t" visitors[path] "\\t" views[path]',
    )
    expect(await topRows('page', ['visitors', 'pageviews'])).toEqual(firstTen(counted))
  })

  test('has the ten top referrers that awk counts', async () => {
    const counted = countVisits(
      String.raw`from = $5
        if (!sub(/^https?:\/\//, "", from)) from = ""
        sub(/[?#].*$/, "", from)
        cut = index(from "/", "/")
        host = tolower(substr(from, 1, cut - 1)); path = substr(from, cut)
        sub(/:[0-9]+$/, "", host); sub(/^www\./, "", host); sub(/\/+$/, "", path)
        # A host of raw bytes, as a spammer sends, is none.
        from = (host == "semicomplete.com" || index(host, "\\") > 0 ? "" : host path)
        visits[from]++
        if (!seen[visitor, from]++) visitors[from]++`,
      String.raw`for (from in visits) print from "\t" visitors[from] "\t" visits[from]`,
    )
    expect(await topRows('referrer', ['visitors', 'visits'])).toEqual(firstTen(counted))
  })

  test.each([
    ['with its dates', ['--keep-dates']],
    ['with dates moved to now', []],
  ])(
    'again, %s, adds nothing',
    async (_name, options) => {
      const all = 'from=2015-01-01&to=2099-12-31&interval=month'
      const { data, version } = await report(site, 'overview', all)
      const again = await importLog(realLog, site, ...options)
      expect(again[0]).toBe(printed[0])
      expect((await report(site, 'overview', all)).data).toEqual(data)
      const changes = `${service.url}/api/sites/${site}/changes?since=${version}`
      expect((await fetch(changes, { headers })).status).toBe(204)
    },
    60_000,
  )
})

describe('a log with all that a log may hold', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'
  const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  let second = 0
  const line = (request: string, status = 200, agent = firefox) => {
    const time = `22/Nov/2025:09:30:${String(second++).padStart(2, '0')} +0000`
    return `203.0.113.${second % 2} - - [${time}] "${request} HTTP/1.1" ${status} 512 "-" "${agent}"`
  }
  const lines = [
    line('GET /'),
    line('GET /prices'),
    line('GET /from-cache', 304),
    line('GET /docs', 200, gpt),
    line('GET /gone', 404, gpt),
    line('GET /logo.png'),
    line('GET /app.js'),
    line('GET /feed/'),
    line('POST /cart'),
    line('HEAD /'),
    line('GET /missing', 404),
    line('GET /broken', 500),
    line('GET /moved', 301),
    line('GET /', 200, googlebot),
    line('GET /', 200, '-'),
    line('GET /healthz'),
    line('\\x16\\x03\\x01', 400),
    'nothing like a log',
    line('GET /cut-off').slice(0, 70),
    '',
  ]
  const summary = (dates: string) => [
    '19 lines: 3 pageviews of people, 2 requests of AI agents.',
    'What the site had already is not stored twice.',
    dates,
    'Left out: 3 asset, 3 status, 2 method, 1 bot, 1 no agent, 1 probe, 1 request.',
    'Not readable: 2 lines, as',
    '  line 18: nothing like a log',
    `  line 19: ${lines[18]}`,
  ]

  test('counts each line by its reason, and stores the pageviews', async () => {
    const file = join(service.folder, 'made.log')
    await writeFile(file, lines.join('\n'))
    const site = await makeSite('made.example')
    expect(await importLog(file, site, '--keep-dates')).toEqual(summary('Dates are kept.'))
    const { data } = await report(site, 'breakdown', 'from=2025-11-22&to=2025-11-22&by=page&sort=pageviews')
    expect(data.rows.map(({ value, pageviews }) => [value, pageviews])).toEqual([
      ['/', 1],
      ['/from-cache', 1],
      ['/prices', 1],
    ])
  }, 30_000)

  test('with its dates moved, has its newest line within the last day', async () => {
    const file = join(service.folder, 'made.log')
    await writeFile(file, lines.join('\n'))
    const site = await makeSite('moved.example')
    const days = Math.floor((Date.now() - Date.UTC(2025, 10, 22, 9, 30, second - 1)) / 86_400_000)
    const moved = `Dates are moved by ${days.toLocaleString('en')} days; --keep-dates keeps them.`
    expect(await importLog(file, site)).toEqual(summary(moved))
    expect((await report(site, 'overview', 'range=24h')).data.pageviews).toBe(3)
  }, 30_000)

  test('a second import of what has grown adds what is new', async () => {
    const file = join(service.folder, 'grown.log')
    const site = await makeSite('grown.example')
    const views = async () => (await report(site, 'overview', 'from=2025-11-22&to=2025-11-22')).data.pageviews
    await writeFile(file, lines.slice(0, 2).join('\n'))
    await importLog(file, site, '--keep-dates')
    expect(await views()).toBe(2)
    await writeFile(file, lines.join('\n'))
    await importLog(file, site, '--keep-dates')
    expect(await views()).toBe(3)
  }, 30_000)
})
