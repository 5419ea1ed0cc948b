import { expect, test } from 'bun:test'
import { openAudience } from '../support/audience.ts'
import { openNode, type TestNode } from '../support/node.ts'
import { openSocket, type SocketStream } from '../support/raw.ts'
import { serverView } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

/** More than systems keep for a socket that nobody reads, in commits of some 19 kB each as the stream tells them. */
const enough = 400

const page = `/${'x'.repeat(1_800)}`

/** A shared site on a node whose clock stands still, and what stores ten visits in it with long paths. */
async function openSite(node: TestNode, now: () => number) {
  const site = await node.makeSite()
  const { token: share } = await node.makeShare(site, { visits: true })
  const path = `/api/share/${share}/sites/${site}/realtime`
  let visitors = 0
  return {
    shared: { site, share },
    path,
    visits: () => visitors,
    async store() {
      const views = Array.from({ length: 10 }, () => serverView(++visitors, now(), `${page}${visitors % 40}`))
      await node.sendFromServer(site, views)
    },
    /** Opens a stream that tells of visits as well, and goes on from a position. */
    open: (since = '') => openSocket(node.url, `${path}?visits=1&last_event_id=${since}`),
    async head() {
      const stream = readStream(await fetch(node.url + path))
      const { id = '' } = await stream.next('hello')
      await stream.cancel()
      return id
    },
  }
}

async function until(fits: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 40_000; !fits(); await Bun.sleep(100)) {
    if (Date.now() > deadline) throw new Error(`It did not come to be that ${what}.`)
  }
}

const field = (event: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1]
const positions = (stream: SocketStream) => stream.events().flatMap((event) => field(event, 'id') ?? [])
const ofVisits = (stream: SocketStream) =>
  stream
    .events()
    .filter((event) => field(event, 'event') === 'visit')
    .map((event): { visits: unknown[]; more: number } => JSON.parse(field(event, 'data') ?? ''))

test('a reader whose socket is full goes on upon the same stream where that was short, and is let go after 30 s: then it goes on from its position, and every client shows what a fresh load shows', async () => {
  let clock = Date.now()
  const now = () => clock
  await using node = await openNode({ now, spacingMs: 0 })
  const { shared, store, visits, open, head } = await openSite(node, now)
  using audience = openAudience([node.url, node.url], shared)
  await audience.ready()
  const [short, long] = [await open(), await open()]
  short.pause()
  long.pause()
  for (let commit = 0; commit < enough; commit += 1) await store()
  // It has been full for a while now, and its patience is not at its end.
  clock += 20_000
  short.resume()
  await until(() => positions(short).at(-1) !== positions(long).at(-1), 'it takes something')
  await store()
  const last = await head()
  await until(() => positions(short).at(-1) === last, 'it is told of the head')
  const told = () => ofVisits(short).reduce((sum, { visits: named, more }) => sum + named.length + more, 0)
  await until(() => told() === visits(), 'it is told of all visits, by name or by number')
  // It was full for real: only then visits of a commit are no more than counted.
  expect(ofVisits(short).some(({ more }) => more >= 10)).toBe(true)
  expect(short.ended).toBe(false)

  const { hub } = node.assembly
  await until(() => hub.size === 4, 'two clients and two readers are there')
  clock += 15_000
  await until(() => hub.size === 3, 'the one that takes nothing is let go')
  await store()
  long.resume()
  await until(() => long.ended, 'it has read what was left')
  const reached = positions(long).at(-1)
  expect(reached).not.toBe(await head())
  const again = await open(reached)
  await until(() => again.events().length > 1, 'it is told what it missed')
  const [hello = '', changed = ''] = again.events()
  expect(field(hello, 'data')).toContain('"recovered":true')
  expect(field(changed, 'data')).toContain('"kinds":["hits"]')
  expect(field(changed, 'id')).toBe(await head())
  for (const stream of [short, long, again]) stream.destroy()
  await audience.showsFresh(node.url)
  expect(audience.resyncs).toBe(0)
  expect(node.errors).toEqual([])
}, 120_000)

test('one that never takes anything again does not hold its socket for ever', async () => {
  const began = Date.now()
  // On this clock no time passes, so that only the socket itself can come to its end.
  await using node = await openNode({ now: () => began, spacingMs: 0, heartbeatMs: 1_000 })
  const { store, open, head } = await openSite(node, () => began)
  const stream = await open()
  stream.pause()
  for (let commit = 0; commit < enough && node.assembly.hub.size > 0; commit += 1) await store()
  await until(() => node.assembly.hub.size === 0, 'its place is given back')
  stream.resume()
  await until(() => stream.closed, 'the connection is gone')
  expect(stream.ended).toBe(false)
  await store()
  const again = await open(positions(stream).at(-1))
  await until(() => again.events().length > 1, 'it is told what it missed')
  expect(field(again.events()[0] ?? '', 'data')).toContain('"recovered":true')
  expect(positions(again).at(-1)).toBe(await head())
  again.destroy()
}, 120_000)
