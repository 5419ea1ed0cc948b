import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { openWake, type Wake } from '../../server/changes/index.ts'
import { createGather } from '../../server/changes/gather.ts'
import { spawn } from '../support/process.ts'
import { openService, pageview } from '../support/service.ts'
import { readStream } from '../support/sse.ts'
import { type BusServer, openNats, openPostgres, openRedis } from './bus.ts'

type Heard = readonly string[] | undefined

/** One node on a bus: what it hears, and what it reports. */
interface Node extends AsyncDisposable {
  readonly wake: Wake
  readonly heard: Heard[]
  readonly reports: string[]
  /** Waits until what was heard fits; fails after a while. */
  hears(fits: (heard: Heard[]) => boolean, what?: string): Promise<void>
}

async function openNode(server: BusServer): Promise<Node> {
  const onPostgres = server.url.startsWith('postgres:')
  // A pool that has lost its connection says so again soon, as that of the service does.
  const sql = postgres(onPostgres ? server.url : '', { onnotice: () => undefined, backoff: () => 0.1 })
  const reports: string[] = []
  const wake = await openWake(onPostgres ? 'postgres' : server.url, sql, (message) => reports.push(message))
  const heard: Heard[] = []
  const unsubscribe = await wake.subscribe((siteIds) => heard.push(siteIds))
  return {
    wake,
    heard,
    reports,
    async hears(fits, what = 'it') {
      for (const deadline = Date.now() + 20_000; !fits(heard); await Bun.sleep(10)) {
        if (Date.now() > deadline) throw new Error(`${what} was not heard, but ${JSON.stringify(heard)}`)
      }
    },
    async [Symbol.asyncDispose]() {
      await unsubscribe()
      await wake[Symbol.asyncDispose]()
      await sql.end({ timeout: 1 })
    },
  }
}

const connected = (heard: Heard[]) => heard.includes(undefined)
const named = (id: string) => (heard: Heard[]) => heard.some((ids) => ids?.includes(id))

/** Publishes until it is heard: a wake-up may be lost, and while a bus comes back it is. */
async function tellUntilHeard(from: Node, to: Node, id: string): Promise<void> {
  const telling = setInterval(() => from.wake.publish([id]), 50)
  try {
    await to.hears(named(id), id)
  } finally {
    clearInterval(telling)
  }
}

const programs = {
  redis: Bun.which('redis-server'),
  valkey: Bun.which('valkey-server'),
  nats: Bun.which('nats-server'),
}

const buses: [string, string | null, (running?: boolean) => Promise<BusServer>][] = [
  ['Postgres', 'our own', openPostgres],
  ['Redis', programs.redis, (running) => openRedis(programs.redis ?? '', running)],
  ['Valkey', programs.valkey, (running) => openRedis(programs.valkey ?? '', running)],
  ['NATS', programs.nats, (running) => openNats(programs.nats ?? '', running)],
]

for (const [name, program, open] of buses) {
  if (program === null) {
    test.skip(`over ${name}: not run, as it is not installed`, () => {})
    continue
  }
  describe(`over ${name}, a node`, () => {
    let server: BusServer
    beforeAll(async () => {
      server = await open()
    }, 60_000)
    afterAll(() => server?.[Symbol.asyncDispose]())

    test('is told when it is connected, and hears the others and what they name', async () => {
      await using one = await openNode(server)
      await using other = await openNode(server)
      await Promise.all([one.hears(connected), other.hears(connected)])
      one.wake.publish(['first'])
      other.wake.publish(['second'])
      await Promise.all([one.hears(named('second')), other.hears(named('first'))])
    })

    test('hears at once of many sites, and only that there were too many', async () => {
      await using one = await openNode(server)
      await using other = await openNode(server)
      await Promise.all([one.hears(connected), other.hears(connected)])
      const many = Array.from({ length: 400 }, (_, index) => `site-${index}`)
      one.wake.publish(many)
      one.wake.publish(many)
      await other.hears((heard) => heard.flat().length > 1)
      expect(other.heard).toEqual([undefined, many])
      one.wake.publish(Array.from({ length: 4_000 }, (_, index) => `site-${index}`))
      await other.hears((heard) => heard.length > 2)
      expect(other.heard[2]).toBeUndefined()
    })

    test('is not harmed by what strangers say', async () => {
      await using node = await openNode(server)
      await node.hears(connected)
      const text = new TextEncoder()
      const [long, ids] = ['x'.repeat(7_950), 'abc,'.repeat(1_900)]
      for (const words of [
        '{"site":1}',
        'Ümläut',
        'a b',
        ',',
        'a,,b',
        '../..',
        "'; drop table items",
        long,
        ids,
      ]) {
        await server.say(text.encode(words))
      }
      await server.say(Uint8Array.from({ length: 255 }, (_, index) => index + 1))
      await server.say(text.encode('known,sites'))
      await node.hears(named('known'))
      expect(node.heard).toEqual([undefined, ['known', 'sites']])
    })

    test('hears again after the bus was killed and started, and is told that it may have missed something', async () => {
      await using one = await openNode(server)
      await using other = await openNode(server)
      await Promise.all([one.hears(connected), other.hears(connected)])
      await server.stop()
      for (let index = 0; index < 50; index++) one.wake.publish([`lost-${index}`])
      await server.start()
      await other.hears((heard) => heard.filter((ids) => ids === undefined).length > 1, 'undefined')
      await tellUntilHeard(one, other, 'again')
      await tellUntilHeard(other, one, 'back')
    }, 60_000)

    test('as a service hears in a moment of what another has stored, though it looks once an hour', async () => {
      const env: Record<string, string> = name === 'Postgres' ? {} : { HK_BUS: server.url }
      await using one = await openService({ lookMs: 3_600_000, env })
      await using other = await openService({ databaseUrl: one.databaseUrl, lookMs: 3_600_000, env })
      const site = await one.makeSite()
      const { token } = await one.makeShare(site)
      const stream = readStream(await other.fetch(`/api/share/${token}/sites/${site}/realtime`))
      await stream.next('hello')
      await one.send(site, [pageview()])
      expect((await stream.next('analytics.changed')).data.counts).toEqual({ hits: 1 })
      await one.send(site, [pageview()])
      expect((await stream.next('analytics.changed')).data.counts).toEqual({ hits: 1 })
      await stream.cancel()
    })

    // Without its Postgres a service does not start, and other tests run that on Deno.
    if (name === 'Postgres') return

    test('connects when the bus comes, where it was away at the start', async () => {
      await using late = await open(false)
      await using one = await openNode(late)
      await using other = await openNode(late)
      one.wake.publish(['early'])
      while (one.reports.length === 0 || other.reports.length === 0) await Bun.sleep(10)
      await late.start()
      await Promise.all([one.hears(connected), other.hears(connected)])
      await tellUntilHeard(one, other, 'now')
      // What was published while the bus was away is not lost on the way to it.
      await Promise.race([one.hears(named('early')), other.hears(named('early'))])
      const { host } = new URL(late.url)
      expect(one.reports).toEqual([
        expect.stringContaining(`The bus at ${host} is away (`),
        `The bus at ${host} is back.`,
      ])
      expect(one.reports.join()).not.toContain('hunter2')
    }, 60_000)

    test('says of a wrong password that it is wrong, and not which', async () => {
      await using node = await openNode({ ...server, url: server.url.replace('hunter2', 'swordfish') })
      while (node.reports.length === 0) await Bun.sleep(10)
      expect(node.reports[0]).toMatch(/is away \(.*(password|authorization)/i)
      expect(node.reports.join()).not.toContain('swordfish')
      expect(node.heard).toEqual([])
    })

    test('on Deno hears one on Bun, and the other way round', async () => {
      const code = `
        import { openWake } from './server/changes/index.ts'
        const wake = await openWake(Deno.env.get('HK_BUS'), undefined)
        await wake.subscribe((ids) => {
          console.log('heard ' + ids)
          if (ids?.includes('from-bun')) wake.publish(['from-deno'])
        })`
      const deno = ['node_modules/deno/deno', 'eval', '--quiet', '--ext=ts', code]
      await using node = await openNode(server)
      const other = spawn(deno, { HK_BUS: server.url })
      await other.line(/^heard undefined/)
      await tellUntilHeard(node, node, 'from-bun')
      await other.line(/^heard from-bun/)
      await node.hears(named('from-deno'))
      await other.kill('SIGKILL')
    }, 60_000)
  })
}

describe('what waits for a bus', () => {
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `site-${from + index}`)

  test('is sent together, each site once', async () => {
    const sent: string[] = []
    await using gather = createGather(async (payload) => sent.push(payload))
    gather.publish(['a', 'b'])
    gather.publish(['b', 'c'])
    gather.publish([])
    while (sent.length === 0) await Bun.sleep(1)
    gather.publish(['a'])
    while (sent.length < 2) await Bun.sleep(1)
    expect(sent).toEqual(['a,b,c', 'a'])
  })

  test('is kept while it cannot be sent, as names while they fit a message, then as all', async () => {
    let away = true
    const tried: string[] = []
    const send = async (payload: string) => {
      tried.push(payload)
      if (away) throw new Error('away')
    }
    await using gather = createGather(send, { retryMs: 5 })
    gather.publish(ids(0, 3))
    while (tried.length < 3) await Bun.sleep(1)
    expect(new Set(tried)).toEqual(new Set(['site-0,site-1,site-2']))
    for (let round = 0; round < 100; round++) gather.publish(ids(round * 1_000, round * 1_000 + 1_000))
    await Bun.sleep(20)
    away = false
    const before = tried.length
    while (tried.length === before) await Bun.sleep(1)
    await Bun.sleep(20)
    expect(tried.slice(before)).toEqual([''])
    gather.publish(['a'])
    while (tried.at(-1) !== 'a') await Bun.sleep(1)
    expect(Math.max(...tried.map((payload) => payload.length))).toBeLessThan(8_000)
  })

  test('is sent before closing, which a bus that does not answer holds up for a moment only', async () => {
    const sent: string[] = []
    const gather = createGather(async (payload) => sent.push(payload))
    gather.publish(['last'])
    await gather[Symbol.asyncDispose]()
    expect(sent).toEqual(['last'])
    const deaf = createGather(() => new Promise(() => {}), { closeMs: 5 })
    deaf.publish(['last'])
    await deaf[Symbol.asyncDispose]()
  })
})
