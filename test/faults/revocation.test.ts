import { describe, expect, test } from 'bun:test'
import { createClient } from '../../sdk/index.ts'
import type { ServiceOptions } from '../../server/index.ts'
import { openAudience } from '../support/audience.ts'
import { openNode, type TestNode } from '../support/node.ts'
import { freshDatabase } from '../support/postgres.ts'
import { reach, startLoad } from '../support/remote.ts'
import { readStream, type StreamReader } from '../support/sse.ts'

/** Hears nothing of other nodes. */
const lost: ServiceOptions['wake'] = (wake) => ({ ...wake, subscribe: () => wake.subscribe(() => undefined) })

/** Ways for a node to learn what another has committed. */
const ways: [string, ServiceOptions][] = [
  ['by wake-ups alone', { lookMs: 3_600_000 }],
  ['by looking alone, as each wake-up is lost', { lookMs: 400, wake: lost }],
]

/** Opens a stream on each node. */
async function openEach(nodes: readonly TestNode[], path: string, headers: Record<string, string> = {}) {
  const streams = await Promise.all(nodes.map(async ({ url }) => readStream(await fetch(url + path, { headers }))))
  for (const stream of streams) await stream.next('hello')
  return streams
}

/** Holds that streams end soon (a fraction of a second, where the machine has nothing else to do), and say why. */
async function demandEnd(streams: readonly StreamReader[]): Promise<void> {
  await Promise.all(
    streams.map(async (stream) => {
      expect((await stream.next('bye', 5_000)).data).toEqual({ reason: 'revoked', retry_ms: 0 })
      await stream.end(5_000)
      expect(stream.seen.at(-1)?.event).toBe('bye')
    }),
  )
}

describe.each(ways)('three nodes that learn of each other %s', (_, options) => {
  test('end what is revoked on one of them within a second, under writes, and every other client shows what a fresh load shows', async () => {
    await using stack = new AsyncDisposableStack()
    const databaseUrl = await freshDatabase()
    const nodes: TestNode[] = []
    for (let count = 0; count < 3; count += 1) nodes.push(stack.use(await openNode({ databaseUrl, ...options })))
    const remotes = nodes.map(({ url }) => reach(url))
    const [node, remote] = [nodes[0], remotes[0]]
    if (node === undefined || remote === undefined) throw new Error('No node')
    const shared = await remote.makeSite()
    const { site } = shared
    using audience = openAudience(
      nodes.map(({ url }) => url),
      shared,
    )
    await audience.ready()
    const link = await node.makeShare(site)
    const reader = await node.admin<{ id: string; token: string }>('/api/clients', {
      label: 'reader',
      scopes: ['reports:read'],
    })
    const byLink = await openEach(nodes, `/api/share/${link.token}/sites/${site}/realtime`)
    const byClient = await openEach(nodes, `/api/sites/${site}/realtime`, { authorization: `Bearer ${reader.token}` })
    const guests = nodes.map(({ url }) => createClient({ endpoint: url, site, share: link.token, tabs: false }))
    stack.defer(() => guests.forEach((guest) => guest.close()))
    for (const guest of guests) guest.watch('overview')
    const states = () => guests.map(({ status }) => status.get().state)
    const all = async (state: string) => {
      for (const deadline = Date.now() + 10_000; states().some((one) => one !== state); await Bun.sleep(20)) {
        if (Date.now() > deadline) throw new Error(`Not all are ${state}, but ${states().join(', ')}.`)
      }
    }
    await all('live')
    // By one node only: what the others commit themselves would tell them as well.
    const load = startLoad([remote], site, 3)
    await load.reach(20)

    await node.admin(`/api/sites/${site}/shares/${link.id}`, undefined, 'DELETE')
    await demandEnd(byLink)
    await all('unauthorized')
    expect(byClient.some(({ ended }) => ended)).toBe(false)
    await node.admin(`/api/clients/${reader.id}`, undefined, 'DELETE')
    await demandEnd(byClient)

    await load.reach(20)
    await load.stop()
    for (const { url } of nodes) await audience.showsFresh(url)
    expect(audience.continued).toHaveLength(nodes.length)
    expect(nodes.map(({ assembly }) => assembly.hub.size)).toEqual([1, 1, 1])
    expect(nodes.flatMap(({ errors }) => errors)).toEqual([])
  }, 60_000)
})
