import { describe, expect, test } from 'bun:test'
import type { ServiceOptions } from '../../server/index.ts'
import { openAudience } from '../support/audience.ts'
import { dropListeners, openNode, type TestNode } from '../support/node.ts'
import { numbers } from '../support/numbers.ts'
import { freshDatabase } from '../support/postgres.ts'
import { reach, type Shared, startLoad } from '../support/remote.ts'
import { pageview } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

type Wrap = NonNullable<ServiceOptions['wake']>

/** Loses a third of the wake-ups; the others come once or twice, at once or up to a second late. */
function unreliable(random: () => number): { wrap: Wrap; fate: { lost: number; late: number; twice: number } } {
  const fate = { lost: 0, late: 0, twice: 0 }
  const wrap: Wrap = (wake) => ({
    ...wake,
    subscribe: (hear) =>
      wake.subscribe((siteIds) => {
        if (random() < 1 / 3) return void (fate.lost += 1)
        const times = random() < 1 / 3 ? 2 : 1
        fate.twice += times - 1
        for (let time = 0; time < times; time += 1) {
          if (random() < 1 / 2) hear(siteIds)
          else {
            fate.late += 1
            setTimeout(() => hear(siteIds), random() * 1_000)
          }
        }
      }),
  })
  return { wrap, fate }
}

/** Opens nodes on one database. */
async function openNodes(
  stack: AsyncDisposableStack,
  count: number,
  options: (node: number) => ServiceOptions,
): Promise<TestNode[]> {
  const databaseUrl = await freshDatabase()
  const nodes: TestNode[] = []
  for (let node = 0; node < count; node += 1) {
    nodes.push(stack.use(await openNode({ databaseUrl, ...options(node) })))
  }
  return nodes
}

/** A stream of each node, read raw. */
async function readEach(nodes: readonly TestNode[], { site, share }: Shared) {
  const open = async ({ url }: TestNode) => readStream(await fetch(`${url}/api/share/${share}/sites/${site}/realtime`))
  return Promise.all(nodes.map(open))
}

/** Cuts the connections of all nodes that listen; returns how many there were. */
async function dropAll([node]: readonly TestNode[]): Promise<number> {
  return node === undefined ? 0 : dropListeners(node)
}

/** Writes to all nodes while something happens to them, and holds what every reader is then shown. */
async function holdsUnder(
  nodes: readonly TestNode[],
  trouble: () => Promise<unknown>,
  atLast: (() => Promise<unknown>) | undefined = undefined,
): Promise<void> {
  const remotes = nodes.map(({ url }) => reach(url))
  const [first, ...others] = remotes
  if (first === undefined) throw new Error('No node')
  const shared = await first.makeSite()
  using audience = openAudience(
    remotes.map(({ url }) => url),
    shared,
  )
  await audience.ready()
  const streams = await readEach(nodes, shared)
  const load = startLoad(remotes, shared.site, 2 * remotes.length)
  await trouble()
  await load.reach(50)
  await load.stop()
  // One commit more by a single node: the others can know of it by nothing that they commit themselves.
  await atLast?.()
  expect(await first.send(shared.site, [pageview('/last')])).toBe(202)
  for (const { url } of [first, ...others]) await audience.showsFresh(url, 20_000)
  const ends = await readEach(nodes, shared)
  const head = (await ends[0]?.next('hello'))?.id
  for (const stream of streams) {
    const told = () => stream.seen.findLast(({ id }) => id !== undefined)?.id
    for (const deadline = Date.now() + 10_000; told() !== head && Date.now() < deadline; ) await Bun.sleep(20)
    expect(told()).toBe(head)
    expect(stream.seen.map(({ event }) => event)).not.toContain('analytics.resync')
    expect(stream.ended).toBe(false)
  }
  expect(audience.resyncs).toBe(0)
  // No stream had to be opened anew.
  expect(audience.continued).toHaveLength(nodes.length)
  await Promise.all([...streams, ...ends].map((stream) => stream.cancel()))
  expect(nodes.flatMap(({ errors }) => errors)).toEqual([])
}

describe.each([2, 3])('on %d nodes with writers and readers on each, every client shows what a fresh load shows', (count) => {
  test('though wake-ups are lost, doubled and up to a second late', async () => {
    await using stack = new AsyncDisposableStack()
    const fates: ReturnType<typeof unreliable>['fate'][] = []
    const nodes = await openNodes(stack, count, (node) => {
      const { wrap, fate } = unreliable(numbers(count * 100 + node + 1))
      fates.push(fate)
      return { wake: wrap, lookMs: 1_000 }
    })
    await holdsUnder(nodes, () => Bun.sleep(4_000))
    for (const fate of fates) expect(Math.min(fate.lost, fate.late, fate.twice)).toBeGreaterThan(0)
  }, 60_000)

  test('though the connections that listen are cut again and again, and no node ever looks by itself', async () => {
    await using stack = new AsyncDisposableStack()
    const nodes = await openNodes(stack, count, () => ({ lookMs: 3_600_000 }))
    const random = numbers(count)
    let cuts = 0
    const cut = async () => void (cuts += await dropAll(nodes))
    await holdsUnder(
      nodes,
      async () => {
        for (let round = 0; round < 20; round += 1) {
          await cut()
          await Bun.sleep(300 * random())
        }
      },
      cut,
    )
    expect(cuts).toBeGreaterThanOrEqual(count * 10)
  }, 60_000)
})
