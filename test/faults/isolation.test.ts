import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { reportNames } from '../../server/reports/index.ts'
import { askRaw } from '../support/raw.ts'
import { readStream } from '../support/sse.ts'
import { type Estate, type MarkedSite, openEstate } from '../support/tenants.ts'

/** Somebody who asks: by a share link where there is a token for the path, else as an API client. */
interface Caller {
  readonly name: string
  readonly share?: string
  readonly headers?: Record<string, string>
  /** Added to every query. */
  readonly query?: string
  /** Sites that it may read. */
  readonly reads?: readonly MarkedSite[]
  /** Sites that it may know of, and what it is told when it asks to read them. */
  readonly knows?: readonly MarkedSite[]
  readonly told?: number
}

let estate: Estate
let callers: Caller[]

beforeAll(async () => {
  estate = await openEstate()
  const { sites, deleted, makeClient, revokeClient } = estate
  const [a1, a2, b1, b2] = sites
  const soon = { expires_at: new Date(Date.now() + 60_000).toISOString() }
  const reader = await makeClient(['reports:read'], { sites: [a1.id] })
  const blind = await makeClient(['ingest'])
  const revoked = await makeClient(['admin'])
  const expired = await makeClient(['admin'], soon)
  const secret = await a1.makeShare({ password: 'a long password' })
  const bound = await a1.makeShare({ allowed_origins: ['https://blog.example'] })
  const part = await a1.makeShare({ filters: ['country:DE'] })
  const [over, gone] = [await a1.makeShare(soon), await a1.makeShare()]
  await a1.remove(gone.id)
  await revokeClient(revoked.id)
  estate.advance(120_000)

  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  const nearly = (token: string) => [
    token.toUpperCase(),
    token.slice(0, -1),
    `${token}a`,
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    token.replace('_', '-'),
  ]
  const madeUp = ['x', '0', 'null', 'undefined', '*', '%', "' or 1=1 --", 'hks_', '\0', '€', '🦉', 'a'.repeat(8_000)]
  callers = [
    { name: 'admin of the one tenant', ...bearer(a1.admin), reads: [a1, a2] },
    { name: 'admin of the other tenant', ...bearer(b1.admin), reads: [b1, b2] },
    { name: 'reader of one site', ...bearer(reader.token), reads: [a1] },
    { name: 'client that only sends', ...bearer(blind.token), knows: [a1, a2], told: 403 },
    { name: 'revoked client', ...bearer(revoked.token) },
    { name: 'expired client', ...bearer(expired.token) },
    { name: 'nobody' },
    { name: 'empty bearer', headers: { authorization: 'Bearer ' } },
    { name: 'basic', headers: { authorization: `Basic ${btoa(`admin:${a1.admin}`)}` } },
    { name: 'share link as bearer', ...bearer(a1.share) },
    { name: 'token as cookie', headers: { cookie: `token=${a1.admin}; authorization=Bearer ${a1.admin}` } },
    { name: 'token as query', query: `token=${a1.admin}&access_token=${a1.admin}&authorization=${a1.admin}` },
    { name: 'token as password', headers: { 'x-hk-password': a1.admin } },
    ...nearly(a1.admin).map((token) => ({ name: 'nearly a token', ...bearer(token) })),
    ...sites.map((site, index) => ({ name: `link ${index}`, share: site.share, reads: [site] })),
    { name: 'link of a part', share: part.token, reads: [a1] },
    { name: 'link and admin of another', share: a1.share, ...bearer(b1.admin), reads: [a1] },
    { name: 'locked link', share: secret.token, knows: [a1], told: 401 },
    { name: 'wrongly opened link', share: secret.token, headers: { 'x-hk-password': 'a long passwort' }, knows: [a1], told: 401 },
    { name: 'link with password as query', share: secret.token, query: 'password=a+long+password', knows: [a1], told: 401 },
    { name: 'opened link', share: secret.token, headers: { 'x-hk-password': 'a long password' }, reads: [a1] },
    { name: 'link from its page', share: bound.token, headers: { origin: 'https://blog.example' }, reads: [a1] },
    { name: 'link from another page', share: bound.token, headers: { origin: 'https://blog.example.net' }, knows: [a1], told: 403 },
    { name: 'link from no page', share: bound.token, headers: { origin: 'null' }, knows: [a1], told: 403 },
    { name: 'expired link', share: over.token },
    { name: 'revoked link', share: gone.token },
    { name: 'link of a deleted site', share: deleted.share },
    { name: 'token in the place of a link', share: a1.admin },
    { name: 'site in the place of a link', share: a1.id },
    ...nearly(a1.share).map((share) => ({ name: 'nearly a link', share })),
    ...madeUp.map((share) => ({ name: 'made-up link', share })),
  ]
}, 60_000)
afterAll(() => estate[Symbol.asyncDispose]())

/** What can be asked about a site. */
const questions = [
  '/realtime',
  '/realtime?live=1&visits=1&last_event_id=zzzzzzzz.1',
  '/changes?since=zzzzzzzz.1',
  ...reportNames.map((name) => `/reports/${name}`),
  '/reports/breakdown?by=city&range=all',
]
/** What only API clients can ask. */
const ownQuestions = ['', '/shares']

const nobodys = 'zzzzzzzzzz'

/** Ids that are none, though some are nearly one. */
const noIds = ({ id }: MarkedSite) =>
  [nobodys, id.slice(0, -1), `${id}a`, id.toUpperCase(), ` ${id}`, `${id}\0`, '*', '%', "' or 1=1 --", '€', 'x'.repeat(2_000)]

interface Answered {
  readonly status: number
  readonly body: string
  /** The whole answer but for its date. */
  readonly all: string
}

async function ask({ share, headers = {}, query }: Caller, site: string | undefined, question: string): Promise<Answered> {
  const root = share === undefined ? '/api' : `/api/share/${encodeURIComponent(share)}`
  const path = `${root}${site === undefined ? '' : `/sites/${encodeURIComponent(site)}`}${question}`
  const asked = query === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
  const response = await fetch(estate.node.url + asked, { headers })
  const { status } = response
  const stream = status === 200 && response.headers.get('content-type') === 'text/event-stream'
  // A stream that is allowed has no end; one that is refused is read to its own.
  const body = stream ? await firstOf(response) : await response.text()
  const fields = [...response.headers].filter(([name]) => name !== 'date')
  return { status, body, all: JSON.stringify([status, fields, body]) }
}

async function firstOf(response: Response): Promise<string> {
  const stream = readStream(response)
  const hello = await stream.next('hello')
  await stream.cancel()
  return JSON.stringify(hello)
}

/** What somebody who may read a site is answered to a question about it. */
function statusOf({ name, share }: Caller, question: string): number {
  if (question === '/shares') return name.startsWith('admin') ? 200 : 403
  if (share === undefined) return 200
  if (question === '/reports/opportunities' || question === '/reports/imports') return 403
  if (name !== 'link of a part') return 200
  // A visit may lead out of the part, and fetches have no country.
  if (question === '/reports/visits') return 403
  return question === '/reports/ai_visibility' ? 400 : 200
}

/** Holds that a text has nothing of any site but those named. */
function demandNothingOf(text: string, except: readonly MarkedSite[]): void {
  for (const site of [...estate.sites, estate.deleted]) {
    if (except.includes(site)) continue
    for (const mark of site.marks) expect(text.toLowerCase()).not.toContain(mark.toLowerCase())
  }
}

describe('whoever asks', () => {
  test('reads what is allowed, and of everything else hears the same, whether it is there or not', async () => {
    const refusals = new Set<string>()
    const askAll = async (caller: Caller) => {
      const { name, share, reads = [], knows = [], told } = caller
      for (const question of share === undefined ? [...questions, ...ownQuestions] : questions) {
        const what = `${name} asks ${question}`
        const none = await ask(caller, nobodys, question)
        // A parameter that a route does not know is refused before anybody is asked who they are.
        const usual = share === undefined && reads.length + knows.length === 0 ? 401 : 404
        const statuses: readonly unknown[] = caller.query === undefined ? [usual] : [400, usual]
        expect(statuses, what).toContain(none.status)
        demandNothingOf(none.all, [])
        if (share !== undefined && none.status === 404) refusals.add(none.all)
        for (const site of [...estate.sites, estate.deleted]) {
          const answer = await ask(caller, site.id, question)
          if (reads.includes(site)) {
            expect(answer.status, what).toBe(statusOf(caller, question))
            demandNothingOf(answer.body, [site])
          } else if (knows.includes(site)) {
            expect(caller.query === undefined ? [told] : [400, told], what).toContain(answer.status)
            demandNothingOf(answer.all, [])
          } else {
            expect(answer.all, what).toBe(none.all)
          }
        }
      }
    }
    await Promise.all(callers.map(askAll))
    // Made up, nearly right, expired, revoked, deleted or another site's: all links are told the same.
    expect(refusals.size).toBe(1)
  }, 120_000)

  test('hears the same of ids that are nearly right', async () => {
    for (const caller of callers.filter(({ reads }) => reads !== undefined)) {
      for (const question of ['/realtime', '/reports/overview']) {
        const [none, ...others] = await Promise.all(
          estate.sites.flatMap(noIds).map((id) => ask(caller, id, question)),
        )
        for (const other of others) expect(other.all, caller.name).toBe(none?.all ?? '')
      }
    }
  }, 60_000)

  test('is told of its own sites only where it asks about no site', async () => {
    for (const caller of callers) {
      const { reads = [], knows = [], share } = caller
      const lists = share === undefined ? ['/sites', '/clients', '/user/bootstrap'] : ['']
      for (const list of lists) {
        const { status, all } = await ask(caller, undefined, list)
        expect([200, 401, 403, 404]).toContain(status)
        demandNothingOf(all, status === 200 ? [...reads, ...knows] : [])
      }
    }
  }, 30_000)

  test('gets by no trick of the path what it may not have', async () => {
    const [a1, , b1] = estate.sites
    const [open, own] = [`/api/share/${a1.share}/sites`, `/api/sites/${a1.id}`]
    const wanted = ['/reports/breakdown?by=page', '/realtime', '/changes?since=zzzzzzzz.1']
    const tricks = (id: string) => [
      `${open}/${a1.id}/../${id}`,
      `${open}/${a1.id}%2f..%2f${id}`,
      `${open}/${a1.id}/%2e%2e/${id}`,
      `${open}/${a1.id}/..%2f${id}`,
      `${open}/${a1.id}/..;/${id}`,
      `${open}/${a1.id}\\..\\${id}`,
      `${open}/./${id}`,
      `${open}//${id}`,
      `${open}/${id}%00`,
      `${open}/${a1.id},${id}`,
      `${open}/${a1.id}%0d%0ax:%20${id}`,
      `${open}/${id}?id=${a1.id}&site=${a1.id}&x=`,
      `${open}/${id}#/sites/${a1.id}`,
      `/api/share//sites/${id}`,
      `/api/share/%2e%2e/sites/${id}`,
      `/api/share/../sites/${id}`,
      `/api/share/${a1.share}%2f..%2f${b1.id}/sites/${id}`,
      `/api/share/${a1.share}/../../sites/${id}`,
      `/API/SITES/${id}`,
      `//api/sites/${id}`,
      `/api//sites/${id}`,
      `/api/sites//${id}`,
      `/api/sites/${id}/`,
      `/api/sites/${id}/./`,
      `/api/sites/%2e/${id}`,
      `/api/sites/${id.toUpperCase()}`,
      `/api/sites/${id.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`)}`,
      `/api/sites/${id.replace(/^./, (first) => `%25${first.charCodeAt(0).toString(16)}`)}`,
      `${own}/../${id}`,
      `${own}%2f..%2f${id}`,
      `${own}/..%5c${id}`,
      `${estate.node.url}/api/sites/${id}`,
      `http://127.0.0.1/api/sites/${id}`,
    ]
    const credentials: Record<string, string>[] = [{}, { authorization: `Bearer ${a1.admin}` }]
    for (const headers of credentials) {
      for (const end of wanted) {
        const answers = async (id: string) => {
          const found = []
          for (const path of tricks(id)) found.push(await askRaw(estate.node.url, path + end, headers))
          return found
        }
        const [real, none] = [await answers(b1.id), await answers(nobodys)]
        for (const [index, { status, text }] of real.entries()) {
          const trick = tricks('…')[index]
          demandNothingOf(text, status === 200 ? [a1] : [])
          // What is answered at all is answered about the caller's own site, or to no avail.
          expect([200, 301, 400, 401, 403, 404], trick).toContain(status)
          if (status !== 200) expect(text, trick).toBe(none[index]?.text ?? '')
        }
      }
    }
  }, 60_000)
})

describe('streams of all sites, while all are written to,', () => {
  test('carry not a byte of another site', async () => {
    const open = callers.flatMap((caller) => (caller.reads ?? []).map((site) => ({ caller, site })))
    const streams = await Promise.all(
      open.map(async ({ caller: { share, headers = {} }, site }) => {
        const root = share === undefined ? '/api' : `/api/share/${share}`
        const path = `${root}/sites/${site.id}/realtime?live=1&visits=1&last_event_id=zzzzzzzz.1`
        const [seen, read] = (await fetch(estate.node.url + path, { headers })).body?.tee() ?? []
        if (seen === undefined || read === undefined) throw new Error('A stream has no body.')
        const text = new Response(seen).text()
        return { site, text, stream: readStream(new Response(read)) }
      }),
    )
    for (const { stream } of streams) await stream.next('hello')
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(estate.sites.map((site) => site.visit()))
      await Bun.sleep(100)
    }
    for (const { site, stream } of streams) {
      expect((await stream.next('analytics.changed')).data.site_id).toBe(site.id)
    }
    const told = streams.filter(({ stream }) => stream.seen.some(({ event }) => event === 'visit'))
    expect(new Set(told.map(({ site }) => site.id)).size).toBe(estate.sites.length)
    // The service closes them, so that all that it ever wrote has come.
    await estate.node.assembly.drain()
    for (const { site, text } of streams) demandNothingOf(await text, [site])
  }, 30_000)
})
