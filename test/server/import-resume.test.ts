/** An import that is cut short, by a crash, by a restart or by whoever undoes it, goes on where it was, and doubles nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { importFile, plausibleZip, sendImport, type ShownImport, undoImport } from '../support/imports.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { openService, type TestService } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const days = 20

/** Rows of a table of Umami: sessions of two pageviews each. */
function sessions(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const at = (minute: number) => new Date(Date.UTC(2024, 2, 1 + (index % days), 8, minute)).toISOString()
    return `s${index},/a,1,${at(0)}\ns${index},/b,1,${at(5)}\n`
  })
  return `session_id,url_path,event_type,created_at\n${rows.join('')}`
}

const range = 'from=2024-03-01&to=2024-03-31&metrics=visitors,visits,pageviews,bounce_rate,visit_duration'

interface Asking {
  ask<T>(path: string, init?: RequestInit): Promise<T>
}

function asking({ url }: { url: string }): Asking {
  return {
    async ask(path, init = {}) {
      const response = await fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
      return JSON.parse(await response.text())
    },
  }
}

/** Asks until an answer fits. */
async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 50_000; ; await Bun.sleep(20)) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (Date.now() > deadline) throw new Error(`It never came: ${JSON.stringify(answer)}`)
  }
}

describe('an import whose service is killed', () => {
  let service: Running & { url: string }
  let database: string
  const start = () => spawnService({ DATABASE_URL: database, HK_ADMIN_TOKEN: token })

  beforeAll(async () => {
    database = await freshDatabase()
    service = await start()
  }, 60_000)
  afterAll(() => service.kill('SIGKILL'))

  test.each([
    ['umami', () => Promise.resolve(sessions(4_000)), { visitors: 4_000, visits: 4_000, pageviews: 8_000, bounce_rate: 0, visit_duration: 300 }],
    ['plausible', manyPages, undefined],
  ] as const)('of %s goes on when the file is sent again, and is as one that was not', async (source, file, numbers) => {
    const body = await file()
    const { ask } = asking(service)
    const { id: site } = await ask<{ id: string }>('/api/sites', { method: 'POST', body: JSON.stringify({ domain: 'old.example' }) })
    const path = `/api/sites/${site}/imports`
    const { id } = await ask<ShownImport>(`${path}?source=${source}`, { method: 'POST', body })
    const half = await until(() => ask<ShownImport>(`${path}/${id}`), ({ progress }) => progress.records > 0)
    await service.kill('SIGKILL')
    expect(half.state).toBe('running')

    service = await start()
    const again = asking(service)
    const cut = await until(() => again.ask<ShownImport>(`${path}/${id}`), ({ state }) => state === 'failed')
    expect(cut.error).toBe('It was cut short. Send the file again, and it goes on.')
    expect(cut.progress.records).toBeGreaterThan(0)
    const resumed = await again.ask<ShownImport>(`${path}?source=${source}`, { method: 'POST', body })
    expect(resumed).toMatchObject({ id, state: 'running', error: null })
    expect(resumed.progress.records).toBeGreaterThanOrEqual(cut.progress.records)
    const done = await until(() => again.ask<ShownImport>(`${path}/${id}`), ({ state }) => state !== 'running')

    const { id: whole } = await again.ask<{ id: string }>('/api/sites', { method: 'POST', body: JSON.stringify({ domain: 'old.example' }) })
    const other = await again.ask<ShownImport>(`/api/sites/${whole}/imports?source=${source}`, { method: 'POST', body })
    const plain = await until(() => again.ask<ShownImport>(`/api/sites/${whole}/imports/${other.id}`), ({ state }) => state !== 'running')
    expect([done.state, done.rows, done.progress, done.left_out]).toEqual([plain.state, plain.rows, plain.progress, plain.left_out])
    const report = async (of: string) => (await again.ask<{ data: object }>(`/api/sites/${of}/reports/timeseries?${range}&interval=month`)).data
    expect(await report(site)).toEqual(await report(whole))
    if (numbers !== undefined) expect(await report(site)).toMatchObject({ points: [numbers] })
  }, 120_000)
})

/** An export of Plausible with so many pages that it takes several steps. */
function manyPages(): Promise<Uint8Array<ArrayBuffer>> {
  const rows = Array.from({ length: 60_000 }, (_, index) => `"2024-03-0${(index % 3) + 1}","old.example","/p${index}",2,1,3\n`).join('')
  return plausibleZip((name, text) => (name.includes('_pages') && !name.includes('y_pages') && !name.includes('t_pages') ? text + rows : text))
}

describe('in one service, an import', () => {
  let service: TestService
  beforeAll(async () => {
    service = await openService()
  }, 60_000)
  afterAll(() => service[Symbol.asyncDispose]())

  test('that is undone while it runs stops, and nothing of it is left', async () => {
    const site = await service.makeSite()
    const sent = await sendImport(service, site, 'source=umami', sessions(3_000))
    expect(sent.status).toBe(202)
    const { id } = await sent.json()
    const { sql } = service.assembly
    await until(async () => sql`select from items where site_id = ${site} limit 1`, (rows) => rows.length > 0)
    await undoImport(service, site, { id })
    await service.assembly.imports.idle()
    expect(await sql`select from items where site_id = ${site}`).toHaveLength(0)
    expect(await sql`select from visits where site_id = ${site}`).toHaveLength(0)
    expect((await service.report(site, 'overview', range.replace(/&metrics.*/, ''))).visitors).toBe(0)
    expect((await service.report(site, 'imports')).rows).toMatchObject([{ id, state: 'undone' }])
    expect(service.errors).toEqual([])
  }, 60_000)

  test('stops where the time zone of its site is changed, as its days are others, and goes on in that one', async () => {
    const site = await service.makeSite()
    const { id } = await (await sendImport(service, site, 'source=umami', sessions(3_000))).json()
    const { sql } = service.assembly
    await until(async () => sql`select from items where site_id = ${site} limit 1`, (rows) => rows.length > 0)
    await service.admin(`/api/sites/${site}`, { timezone: 'Europe/Berlin' }, 'PATCH')
    await service.assembly.imports.idle()
    const cut = await service.admin<ShownImport>(`/api/sites/${site}/imports/${id}`)
    expect([cut.state, cut.error]).toEqual(['failed', expect.stringContaining('time zone')])
    expect(await importFile(service, site, 'source=umami', sessions(3_000))).toMatchObject({ id, state: 'done', rows: 6_000 })
    expect((await service.report(site, 'overview', 'from=2024-03-01&to=2024-03-31')).pageviews).toBe(6_000)
    expect(service.errors).toEqual([])
  }, 60_000)

  test('that is sent again while it runs is the same one', async () => {
    const site = await service.makeSite()
    const body = sessions(1_000)
    const first = await (await sendImport(service, site, 'source=umami', body)).json()
    const second = await sendImport(service, site, 'source=umami', body)
    expect(second.status).toBe(200)
    expect((await second.json()).id).toBe(first.id)
    await service.assembly.imports.idle()
    expect((await service.report(site, 'overview', 'from=2024-03-01&to=2024-03-31')).pageviews).toBe(2_000)
  }, 60_000)

  test('that runs leaves what comes in live as quick to be stored, and right', async () => {
    const site = await service.makeSite()
    await sendImport(service, site, 'source=umami', sessions(2_000))
    const { imports } = service.assembly
    let over = false
    void imports.idle().then(() => (over = true))
    let sent = 0
    while (!over) {
      await service.send(site, [{ id: crypto.randomUUID(), type: 'pageview', url: 'https://shop.example/live' }])
      sent++
    }
    expect(sent).toBeGreaterThan(10)
    await service.assembly.roller.idle()
    const { rows } = await service.report(site, 'breakdown', 'by=page&range=all')
    expect(rows.map(({ value, pageviews }) => [value, pageviews])).toContainEqual(['/live', sent])
    expect((await service.report(site, 'overview', 'from=2024-03-01&to=2024-03-31')).pageviews).toBe(4_000)
  }, 60_000)

  test('that does not fit its hash is refused, and nothing of it is kept', async () => {
    const site = await service.makeSite()
    const response = await sendImport(service, site, `source=umami&hash=${'0'.repeat(64)}`, sessions(1))
    expect([response.status, (await response.json()).parameter]).toEqual([400, 'hash'])
    expect(await importFile(service, site, 'source=umami', sessions(1))).toMatchObject({ state: 'done', rows: 2 })
  })
})
