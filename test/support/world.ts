import type { Kind, Position } from '@hk-live/sdk/protocol'
import { expect } from 'bun:test'
import type { ServiceOptions } from '../../server/index.ts'
import { demandTruth, type KnownSite, type RawReader, readRaw } from './crowd.ts'
import { dropListeners, openNode, type TestNode } from './node.ts'
import { pageview } from './service.ts'
import type { TimerWatch } from './timers.ts'

/** One thing that happens. Numbers are taken modulo the number of what there is to choose from. */
export type Move = { readonly pick: number; readonly node: number } & (
  | { readonly type: 'write'; readonly what: number; readonly items: number }
  | { readonly type: 'connect'; readonly from: number; readonly at: number; readonly socket: boolean }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'again' | 'drop' | 'pause' | 'resume' | 'revoke' | 'delete' | 'renew' | 'unlisten' | 'deafen' }
)

interface Share {
  readonly id: string
  readonly token: string
  dead: boolean
}

interface Place extends KnownSite {
  head: Position
  readonly commits: Map<number, readonly Kind[]>
  readonly shares: Share[]
  sent: object[]
}

interface Guest {
  readonly reader: RawReader
  readonly place: Place
  readonly share: Share
  dropped: boolean
}

const lookMs = 200

/** Streams that a node lets an address, a credential and a site have. A walk comes up to it now and then. */
const most = 40

/** What a write sends, and the kinds that it changes. */
const writes: readonly { item?: object; kinds: readonly Kind[] }[] = [
  { item: {}, kinds: ['hits'] },
  { item: { type: 'event', name: 'signup' }, kinds: ['events'] },
  { item: { type: 'vital', name: 'LCP', value: 900 }, kinds: ['web_vitals'] },
  { item: { type: 'event', name: 'purchase' }, kinds: ['events', 'ecommerce'] },
  { kinds: ['settings'] },
]

/**
 * Three nodes on one database, some sites, and raw readers of them, with a model of what was committed
 * that is made of receipts alone.
 */
export class World implements AsyncDisposable {
  readonly #nodes: readonly [TestNode, ...TestNode[]]
  readonly #deaf: Set<number>
  readonly #timers: TimerWatch
  readonly #clock: { ahead: number }
  readonly #places: Place[] = []
  readonly #gone = new Set<Place>()
  readonly #guests: Guest[] = []
  readonly #opening: Promise<unknown>[] = []
  #idle = 0

  private constructor(
    nodes: readonly [TestNode, ...TestNode[]],
    deaf: Set<number>,
    timers: TimerWatch,
    clock: { ahead: number },
  ) {
    this.#nodes = nodes
    this.#deaf = deaf
    this.#timers = timers
    this.#clock = clock
  }

  /** Opens three nodes on an empty database and makes three sites. */
  static async open(databaseUrl: string, timers: TimerWatch): Promise<World> {
    const clock = { ahead: 0 }
    const now = () => Date.now() + clock.ahead
    const deaf = new Set<number>()
    const open = (node: number) => {
      const wake = losing(() => deaf.has(node))
      const caps = { address: most, credential: most, site: most }
      return openNode({ databaseUrl, lookMs, now, heartbeatMs: 5_000, maxAgeMs: 30_000, caps, wake })
    }
    const world = new World([await open(0), await open(1), await open(2)], deaf, timers, clock)
    for (let count = 0; count < 3; count += 1) await world.#build()
    await Bun.sleep(300)
    world.#idle = timers.alive
    return world
  }

  /** Lets one thing happen. What it changes is committed when it resolves; readers are told later. */
  async act(move: Move): Promise<void> {
    const node = one(this.#nodes, move.node)
    const place = one(this.#places, move.pick)
    const guests = this.#guests.filter(({ dropped, reader }) => !dropped && !reader.stream.ended)
    const guest = guests[move.pick % Math.max(1, guests.length)]
    switch (move.type) {
      case 'write':
        return this.#write(place, one(writes, move.what), move.items)
      case 'again':
        return this.#again(node, place)
      case 'connect':
        this.#opening.push(this.#connect(node, place, move))
        return
      case 'drop':
        return guest === undefined ? undefined : drop(guest)
      case 'pause':
        return guest?.reader.pause()
      case 'resume':
        return guest?.reader.resume()
      case 'revoke':
        return this.#revoke(node, place, move.pick)
      case 'delete':
        return this.#delete(node, place)
      case 'renew': {
        const path = `/api/sites/${place.id}/stream/new-epoch`
        const { position } = await node.admin<{ position: string }>(path, {})
        place.head = { ...place.head, epoch: position.split('.')[0] ?? '' }
        return
      }
      case 'unlisten':
        await dropListeners(node)
        return
      case 'deafen': {
        const which = move.node % this.#nodes.length
        if (!this.#deaf.delete(which)) this.#deaf.add(which)
        return
      }
      case 'wait':
        this.#clock.ahead += move.ms
        await Bun.sleep(move.ms / 100)
    }
  }

  /**
   * Holds what must be true once nothing happens any more: every reader that lives has heard of all, and
   * nothing of none; none lives on a dead credential; and once all have gone, nothing is left of them.
   */
  async settle(): Promise<void> {
    await Promise.all(this.#opening)
    for (const { reader } of this.#guests) reader.resume()
    for (const place of this.#places) expect(await this.#stored(place)).toEqual(place.head)
    const holds = () => this.#guests.map((guest) => this.#verdict(guest)).filter((fault) => fault !== undefined)
    await until(() => holds().length === 0, 5_000)
    expect(holds()).toEqual([])
    await Promise.all(this.#guests.map(drop))
    const left = () => this.#nodes.map(({ assembly }) => assembly.hub.size)
    await until(() => left().every((size) => size === 0), 5_000)
    expect(left()).toEqual([0, 0, 0])
    await Promise.all(this.#nodes.map((node) => this.#demandPlaces(node)))
    await until(() => left().every((size) => size === 0), 5_000)
    expect(left()).toEqual([0, 0, 0])
    await until(() => this.#timers.alive <= this.#idle, 5_000)
    if (this.#timers.alive > this.#idle) expect(this.#timers.origins).toHaveLength(this.#idle)
    // A look that was on its way may still end.
    await Bun.sleep(2 * lookMs)
    const before = await this.#lastLook()
    await Bun.sleep(6 * lookMs)
    // A connection that looked may have been used for something else since: then an earlier look is the last.
    expect((await this.#lastLook()) > before).toBe(false)
    expect(this.#nodes.flatMap(({ errors }) => errors)).toEqual([])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#opening)
    await Promise.all(this.#guests.map(drop))
    for (const node of this.#nodes) await node[Symbol.asyncDispose]()
  }

  /** What is wrong with a reader. */
  #verdict({ reader, place, share, dropped }: Guest): string | undefined {
    const { epoch, seq } = demandTruth(reader) ?? {}
    if (dropped) return undefined
    const { stream, paused } = reader
    const bye: string | undefined = stream.seen.find(({ event }) => event === 'bye')?.data.reason
    const over = share.dead || this.#gone.has(place)
    if (!stream.ended) {
      if (over) return `It lives, though its credential is dead; it was opened with ${reader.since}.`
      if (epoch === place.head.epoch && seq === place.head.seq) return undefined
      return `It has heard up to ${epoch}.${seq}, not ${place.head.epoch}.${place.head.seq}.`
    }
    if (bye === 'lifetime' || (bye === undefined && paused) || (bye === 'revoked' && over)) return undefined
    return `It ended with ${bye} though nothing was wrong with it.`
  }

  async #build(): Promise<void> {
    const [node] = this.#nodes
    const id = await node.makeSite()
    const [shares, head] = [[], { epoch: '', seq: 0 }]
    const place: Place = { id, head, commits: new Map(), shares, sent: [] }
    place.head = await this.#stored(place)
    for (let count = 0; count < 2; count += 1) await this.#share(place)
    this.#places.push(place)
  }

  async #share(place: Place): Promise<void> {
    const { id, token } = await this.#nodes[0].makeShare(place.id, { visits: true })
    place.shares.push({ id, token, dead: false })
  }

  async #write(place: Place, { item, kinds }: (typeof writes)[number], count: number): Promise<void> {
    if (item === undefined) {
      await this.#nodes[0].admin(`/api/sites/${place.id}`, { name: `Shop ${count}` }, 'PATCH')
      return this.#committed(place, kinds, 1)
    }
    place.sent = Array.from({ length: count }, () => ({ ...pageview(), ...item }))
    const receipts = await Promise.all(
      place.sent.map((item, index) => one(this.#nodes, index).send(place.id, [item])),
    )
    expect(receipts).toEqual(receipts.map(() => ({ accepted: 1, rejected: [] })))
    return this.#committed(place, kinds, count)
  }

  /** Sends once more what is stored already: that changes nothing. */
  async #again(node: TestNode, place: Place): Promise<void> {
    if (place.sent.length > 0) await node.send(place.id, place.sent)
    expect(await this.#stored(place)).toEqual(place.head)
  }

  /** Takes down what receipts have told: items sent at once share commits, or each has its own. */
  async #committed(place: Place, kinds: readonly Kind[], most: number): Promise<void> {
    const { seq } = await this.#stored(place)
    expect(seq).toBeGreaterThan(place.head.seq)
    expect(seq).toBeLessThanOrEqual(place.head.seq + most)
    for (let each = place.head.seq + 1; each <= seq; each += 1) place.commits.set(each, kinds)
    place.head = { ...place.head, seq }
  }

  async #connect(node: TestNode, place: Place, { from, at, socket }: Move & { type: 'connect' }): Promise<void> {
    // Two that hold, and one that was revoked where there is one.
    const share = one(place.shares.slice(-3), at)
    const { epoch, seq } = place.head
    const earlier = `${epoch}.${at % (seq + 1)}`
    const since = one([undefined, undefined, earlier, earlier, earlier, 'nonsense', 'zzzzzzzz.1', `${epoch}.999999999`], from)
    const wasDead = share.dead || this.#gone.has(place)
    const query = new URLSearchParams({ live: '1', visits: '1', ...(since && { last_event_id: since }) })
    const path = `/api/share/${share.token}/sites/${place.id}/realtime?${query}`
    const response = socket ? await fetch(node.url + path) : await node.fetch(path)
    const isDead = share.dead || this.#gone.has(place)
    if (response.status !== 200) {
      await response.body?.cancel()
      if (response.status === 429) expect(this.#guests.length).toBeGreaterThanOrEqual(most)
      else expect([response.status, isDead]).toEqual([404, true])
      return
    }
    expect(wasDead).toBe(false)
    const reader = readRaw(response, { site: place, since })
    this.#guests.push({ reader, place, share, dropped: false })
  }

  async #revoke(node: TestNode, place: Place, pick: number): Promise<void> {
    const share = one(
      place.shares.filter(({ dead }) => !dead),
      pick,
    )
    await node.admin(`/api/sites/${place.id}/shares/${share.id}`, undefined, 'DELETE')
    share.dead = true
    await this.#committed(place, ['settings'], 1)
    await this.#share(place)
  }

  async #delete(node: TestNode, place: Place): Promise<void> {
    await node.admin(`/api/sites/${place.id}`, undefined, 'DELETE')
    this.#gone.add(place)
    this.#places.splice(this.#places.indexOf(place), 1)
    await this.#build()
  }

  /** Holds that every place of a node is free: as many streams as may be open can be, by each way of asking. */
  async #demandPlaces(node: TestNode): Promise<void> {
    expect(await (await node.fetch('/metrics')).text()).toMatch(/^hk_streams 0$/m)
    const place = one(this.#places, 0)
    const { token } = one(place.shares.slice(-1), 0)
    const path = `/api/share/${token}/sites/${place.id}/realtime`
    for (const ask of [node.fetch, (path: string) => fetch(node.url + path)]) {
      const responses = await Promise.all(Array.from({ length: most + 1 }, () => ask(path)))
      const refused = responses.filter(({ status }) => status !== 200).map(({ status }) => status)
      expect(refused).toEqual([429])
      await Promise.all(responses.map((response) => response.body?.cancel()))
      await until(() => node.assembly.hub.size === 0, 5_000)
    }
  }

  async #stored({ id }: Pick<Place, 'id'>): Promise<Position> {
    const [row] = await this.#nodes[0].assembly.sql<[Position?]>`
      select epoch, seq from site_versions where site_id = ${id}`
    if (row === undefined) throw new Error(`There is no site ${id}.`)
    return { ...row }
  }

  /** When a node read versions last, in the words of Postgres. */
  async #lastLook(): Promise<string> {
    const [row] = await this.#nodes[0].assembly.sql<{ at: string | null }[]>`
      select max(query_start)::text as at
      from pg_stat_activity
      where datname = current_database()
        and query like '%from site_versions%' and query not like '%pg_stat_activity%'`
    return row?.at ?? ''
  }
}

/** Loses the wake-ups of a node as long as it is deaf. */
function losing(deaf: () => boolean): NonNullable<ServiceOptions['wake']> {
  return (wake) => ({
    ...wake,
    subscribe: (hear) => wake.subscribe((siteIds) => (deaf() ? undefined : hear(siteIds))),
  })
}

async function drop(guest: Guest): Promise<void> {
  guest.dropped = true
  // What waits at the gate of one that has paused would hold up its end.
  guest.reader.resume()
  await guest.reader.stream.cancel()
}

function one<T>(all: readonly T[], pick: number): T {
  const found = all[pick % all.length]
  if (found === undefined && all.length === 0) throw new Error('There is nothing to choose from.')
  return found as T
}

async function until(holds: () => boolean, withinMs: number): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds() && Date.now() < deadline; ) await Bun.sleep(20)
}
