/** A service that is ended in the middle of a large import: it ends soon, and the file that is sent again goes on. */
import { beforeAll, describe, expect, test } from 'bun:test'
import type { ShownImport } from '../support/imports.ts'
import { freshDatabase } from '../support/postgres.ts'
import { runtimes, spawnService } from '../support/process.ts'
import { operatorToken } from '../support/remote.ts'

/** Rows of the file; `HK_IMPORT_ROWS` makes it as large as somebody wants to wait for. */
const rows = Number(process.env['HK_IMPORT_ROWS'] ?? 4_000)

/** A table of Umami with two pageviews a session, over twenty days and a hundred pages. */
function table(): string {
  const lines = Array.from({ length: rows / 2 }, (_, index) => {
    const at = (minute: number) => new Date(Date.UTC(2024, 2, 1 + (index % 20), index % 23, minute)).toISOString()
    return `s${index},/page/${index % 100},1,${at(0)}\ns${index},/next,1,${at(5)}\n`
  })
  return `session_id,url_path,event_type,created_at\n${lines.join('')}`
}

const range = 'from=2024-03-01&to=2024-03-31'
const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }

/** Asks a service as its operator. */
const asking = (url: string) => async <T>(path: string, body?: string): Promise<T> => {
  const response = await fetch(url + path, { headers, ...(body === undefined ? {} : { method: 'POST', body }) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function until(ask: () => Promise<ShownImport>, fits: (found: ShownImport) => boolean): Promise<ShownImport> {
  for (const deadline = Date.now() + 50_000; ; await Bun.sleep(50)) {
    const found = await ask()
    if (fits(found)) return found
    if (Date.now() > deadline) throw new Error(`It never came: ${JSON.stringify(found)}`)
  }
}

const body = table()
let whole: unknown

/** What reports say of the imported days, once they are all computed. */
async function numbersOf(url: string, site: string): Promise<unknown> {
  const ask = asking(url)
  const [overview, pages, days] = await Promise.all(
    ['overview?', 'breakdown?by=page&limit=1000&', 'timeseries?'].map((report) =>
      ask<{ data: unknown }>(`/api/sites/${site}/reports/${report}${range}`),
    ),
  )
  return [overview?.data, pages?.data, days?.data]
}

beforeAll(async () => {
  const service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken })
  const ask = asking(service.url)
  const { id: site } = await ask<{ id: string }>('/api/sites', '{"domain":"old.example"}')
  const { id } = await ask<ShownImport>(`/api/sites/${site}/imports?source=umami`, body)
  const done = await until(() => ask(`/api/sites/${site}/imports/${id}`), ({ state }) => state !== 'running')
  expect(done).toMatchObject({ state: 'done', progress: { records: rows } })
  whole = await numbersOf(service.url, site)
  await service.kill('SIGINT')
}, 60_000)

describe.each(runtimes)('on %s', (_name, runtime) => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('after %s, the file that is sent again ends as one that went in at once', async (signal) => {
    const env = { DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken }
    const first = await spawnService(env, runtime)
    const ask = asking(first.url)
    const { id: site } = await ask<{ id: string }>('/api/sites', '{"domain":"old.example"}')
    const path = `/api/sites/${site}/imports`
    const { id } = await ask<ShownImport>(`${path}?source=umami`, body)
    const half = await until(() => ask(`${path}/${id}`), ({ progress }) => progress.records > 0)
    expect(half.state).toBe('running')
    const asked = performance.now()
    expect(await first.kill(signal)).toBe(signal === 'SIGTERM' ? 0 : 137)
    // A service manager waits ten seconds before it kills.
    expect(performance.now() - asked).toBeLessThan(5_000)

    const second = await spawnService(env, runtime)
    const again = asking(second.url)
    const resumed = await until(
      () => again<ShownImport>(`${path}?source=umami`, body).then(() => again(`${path}/${id}`)),
      ({ state }) => state === 'done',
    )
    expect(resumed.progress.records).toBe(rows)
    expect(await again<{ imports: unknown[] }>(path)).toMatchObject({ imports: { length: 1 } })
    expect(await numbersOf(second.url, site)).toEqual(whole)
    await second.kill('SIGINT')
  }, 60_000)
})
