import { describe, expect, test } from 'bun:test'
import type { Locks, OpenChannel, Watch } from '../../sdk/index.ts'
import { FakeOrigin, type FakeTab } from './origin.ts'
import { FakePage } from './page.ts'
import { FakeService, problem } from './service.ts'

/** Some tabs of one origin that have been watching for a minute, the first of them leading. */
async function openTabs(count = 3) {
  const service = new FakeService()
  const origin = new FakeOrigin(service)
  const tabs: FakeTab[] = []
  const watches: Watch<'overview'>[] = []
  for (let index = 0; index < count; index += 1) {
    const tab = origin.open({ live: true, visits: true, random: () => (index + 1) / (count + 2) })
    tabs.push(tab)
    watches.push(tab.client.watch('overview'))
    await origin.run(2_000)
  }
  await origin.run(58_000)
  const [first, second, third] = tabs
  if (!first || !second) throw new Error('It takes two tabs.')
  const shown = () => watches.map(({ data }) => data.get()?.visitors)
  const states = () => tabs.map(({ client }) => client.status.get().state)
  return { service, origin, tabs, watches, first, second, third: third ?? second, shown, states }
}

describe('tabs of one origin', () => {
  test('hold one stream, and each follows each change', async () => {
    const { service, origin, tabs, shown, states } = await openTabs(5)
    service.commit()
    await origin.run(2_000)
    expect(service.streams).toHaveLength(1)
    expect(shown()).toEqual([11, 11, 11, 11, 11])
    expect(states()).toEqual(['live', 'live', 'live', 'live', 'live'])
    expect(tabs.map(({ client }) => client.status.get().position)).toEqual(Array(5).fill('e1.11'))
  })

  test('ask for a report only where one of its kinds changed, as over a stream of their own', async () => {
    const { service, origin, second, third, watches } = await openTabs()
    const before = service.asked('overview').length
    expect(before).toBe(3)
    service.commit(['web_vitals'])
    await origin.run(60_000)
    expect(service.asked('overview')).toHaveLength(before)
    service.commit(['hits'])
    await origin.run(60_000)
    expect(service.asked('overview')).toHaveLength(before + 3)
    expect(watches.map(({ answer }) => answer.get()?.version)).toEqual(['e1.12', 'e1.12', 'e1.12'])
    expect([second, third].map(({ client }) => client.status.get().position)).toEqual(['e1.12', 'e1.12'])
  })

  test('tell what the stream tells: events, the clock of the service, its window', async () => {
    const service = new FakeService()
    service.spreadMs = 4_000
    service.skewMs = 1_800_000
    const [from, to] = ['2026-11-22T00:00:00Z', '2026-11-24T00:00:00Z']
    service.range = () => ({ from, to, interval: 'hour', timezone: 'UTC' })
    const origin = new FakeOrigin(service)
    const wishes = { live: true, visits: true }
    origin.open({ ...wishes, random: () => 0.1 }).client.watch('overview')
    await origin.run(1_000)
    service.openStreams[0]?.send('live', { visitors: 7 })
    // Long after hello, which told the time.
    await origin.run(2_400_000)
    const others: number[] = []
    origin.tabs[0]?.client.on('live', ({ visitors }) => others.push(visitors))
    const { client } = origin.open({ ...wishes, random: () => 0.9 })
    const heard: string[] = []
    client.on('status', ({ state }) => heard.push(state))
    client.on('live', ({ visitors }) => heard.push(`live ${visitors}`))
    client.on('visit', ({ more }) => heard.push(`visit ${more}`))
    client.on('change', ({ kinds }) => heard.push(`change ${kinds}`))
    client.on('resync', ({ reason }) => heard.push(`resync ${reason}`))
    const overview = client.watch('overview')
    await origin.run(1_000)
    expect(heard.splice(0)).toEqual(['connecting', 'live', 'live 7'])
    origin.open({ ...wishes, random: () => 0.5 }).client.on('change', () => {})
    await origin.run(1_000)
    expect([heard.splice(0), others]).toEqual([[], []])
    service.openStreams[0]?.send('visit', { visits: [], more: 2 })
    service.commit(['hits'])
    await origin.run(3_000)
    expect(overview.data.get()?.visitors).toBe(10)
    await origin.run(1_000)
    expect(overview.data.get()?.visitors).toBe(11)
    service.restore()
    service.openStreams[0]?.send('analytics.resync', { site_id: 's1', reason: 'epoch', kinds: [] }, 'e2.1')
    await origin.run(5_000)
    expect(overview.answer.get()?.version).toBe('e2.1')
    expect(heard).toEqual(['visit 2', 'change hits', 'resync epoch'])
    // The clock of the service is half an hour ahead of ours: its hour ends at half past.
    const asked = service.asked('overview').length
    await origin.run(3_060_000)
    expect(service.asked('overview')).toHaveLength(asked + 2)
    expect(service.streams).toHaveLength(1)
  })

  test.each([
    ['another site', { site: 's2' }],
    ['another token', { token: 't2' }],
    ['other wishes', { live: true }],
    ['another principal', { tabs: 'anna' }],
    ['a token that is fetched, without a principal', { getToken: () => 't' }],
    ['the wish for their own', { tabs: false }],
  ])('share no stream where one has %s', async (_, options) => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    const watches = [origin.open(), origin.open(options)].map(({ client }) => client.watch('overview'))
    await origin.run(60_000)
    service.commit()
    await origin.run(2_000)
    expect(service.streams).toHaveLength(2)
    for (const { data } of watches) expect(data.get()?.visitors).toBe(11)
  })

  test('share a stream where tokens are fetched for one principal that has a name', async () => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    for (const token of ['t1', 't2']) {
      origin.open({ getToken: () => token, tabs: 'user 7' }).client.watch('overview')
    }
    await origin.run(60_000)
    expect(service.streams).toHaveLength(1)
  })

  test('name what they share without the credential', async () => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    const secrets = { token: 'secret-token', share: 'secret-share', password: 'secret-password' }
    origin.open({ ...secrets, tabs: 'secret-principal' }).client.watch('overview')
    await origin.run(1_000)
    const names = [...origin.held.keys(), ...[...origin.channels].map(({ name }) => name)]
    expect(names).toHaveLength(2)
    for (const name of names) expect(name).toMatch(/^hk-live 1 [A-Za-z0-9+/]{43}=$/)
  })
})

describe('a tab that joins', () => {
  test('knows at once how the leader stands, and asks again for what may be old', async () => {
    const { service, origin } = await openTabs()
    const tab = origin.open({ live: true, visits: true })
    service.reportMs = 500
    const overview = tab.client.watch('overview')
    await tab.named()
    await service.clock.advance(100)
    expect(tab.client.status.get()).toMatchObject({ state: 'live', position: 'e1.10' })
    service.commit()
    await origin.run(3_000)
    expect(overview.data.get()?.visitors).toBe(11)
    expect(service.streams).toHaveLength(1)
  })

  test('asks for nothing again that is new enough', async () => {
    const { service, origin, first } = await openTabs()
    const before = service.asked('overview').length
    origin.open({ live: true, visits: true }).client.watch('overview')
    await origin.run(30_000)
    expect(service.asked('overview')).toHaveLength(before + 1)
    expect(origin.leader).toBe(first)
  })

  test('hears where the leader has continued from, though nothing happened since', async () => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    service.onStream = () => problem(503, 'unavailable')
    const early = origin.open()
    const overview = early.client.watch('overview')
    await origin.run(500)
    early.page.tell('hidden')
    service.commit()
    origin.open().client.watch('overview')
    await origin.run(100)
    service.onStream = undefined
    await service.clock.advance(2_000)
    expect(service.openStreams[0]?.url.search).toBe('?last_event_id=e1.11')
    early.page.tell('visible')
    await early.named()
    await service.clock.advance(2_000)
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('fetches nothing and takes no part while it is hidden', async () => {
    const { service, origin } = await openTabs()
    const before = service.requests.length
    const channels = origin.channels.size
    const tab = origin.open({ live: true, visits: true }, new FakePage(true))
    tab.client.watch('overview')
    await origin.run(60_000)
    expect(service.requests).toHaveLength(before)
    expect([origin.channels.size, origin.queue.size]).toEqual([channels, 2])
  })
})

describe('when the leader', () => {
  const ends: [string, (tab: FakeTab) => void][] = [
    ['is hidden, frozen or left', ({ page }) => page.tell('hidden')],
    ['is offline', ({ page }) => page.tell('offline')],
    ['is closed', ({ client }) => client.close()],
    ['crashes', (tab) => tab.crash()],
  ]
  test.each(ends)(
    '%s, the next goes on from its own position, without loading anything anew',
    async (_, end) => {
      const { service, origin, first, second, third, shown } = await openTabs()
      service.commit(['hits'])
      await origin.run(3_000)
      const asked = service.asked('overview').length
      end(first)
      await service.clock.settle()
      expect(origin.leader).toBe(second)
      expect(second.client.status.get().state).toBe('live')
      expect(third.client.status.get().state).toBe('live')
      expect(service.asked('/realtime').at(-1)?.path).toEndWith('last_event_id=e1.11')
      await origin.run(60_000)
      expect(service.asked('overview')).toHaveLength(asked)
      service.commit()
      await origin.run(2_000)
      expect(shown().slice(1)).toEqual([12, 12])
      expect(service.openStreams).toHaveLength(1)
    },
  )

  test('is hidden, it lets go of stream, channel and lock at once, so that a browser can keep the page', async () => {
    const { service, origin, first } = await openTabs()
    first.page.tell('hidden')
    expect(service.openStreams).toHaveLength(0)
    expect([...origin.channels].filter(({ tab }) => tab === first)).toEqual([])
    // Promises only: a page that is left runs no further task.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect([...origin.held.values()].filter(({ owner }) => owner === first)).toEqual([])
  })

  test('is gone, nothing is lost of what was committed before the next has its stream', async () => {
    const { service, origin, first, shown } = await openTabs()
    service.streamMs = 3_000
    first.crash()
    service.commit()
    await origin.run(5_000)
    expect(shown().slice(1)).toEqual([11, 11])
    expect(service.asked('overview')).toHaveLength(5)
  })

  test('comes back after it was hidden, it follows, and catches up', async () => {
    const { service, origin, first, second, shown } = await openTabs()
    first.page.tell('hidden')
    service.commit()
    await origin.run(10_000)
    expect(shown()).toEqual([10, 11, 11])
    first.page.tell('visible')
    await origin.run(2_000)
    expect(shown()).toEqual([11, 11, 11])
    expect(origin.leader).toBe(second)
    expect(service.openStreams).toHaveLength(1)
  })

  test('hangs, another takes over, and it follows when it goes on, whatever it still says', async () => {
    const { service, origin, first, second, third, shown, states } = await openTabs()
    first.hang()
    service.commit()
    await origin.run(40_000)
    expect(shown().slice(1)).toEqual([11, 11])
    expect([second, third]).toContain(origin.leader as FakeTab)
    first.goOn()
    service.commit()
    await origin.run(3_000)
    expect(service.openStreams).toHaveLength(1)
    expect(shown()).toEqual([12, 12, 12])
    expect(states()).toEqual(['live', 'live', 'live'])
  })

  test('hangs that robbed another, it is robbed in turn', async () => {
    const { service, origin, first, second, shown } = await openTabs(2)
    first.hang()
    await origin.run(40_000)
    expect(origin.leader).toBe(second)
    first.goOn()
    await origin.run(10_000)
    second.hang()
    await origin.run(40_000)
    expect(origin.leader).toBe(first)
    second.goOn()
    service.commit()
    await origin.run(3_000)
    expect(shown()).toEqual([11, 11])
    expect(service.openStreams).toHaveLength(1)
  })

  test('hangs before a tab is opened, that one does not wait for ever', async () => {
    const { service, origin, first, second, third } = await openTabs()
    for (const tab of [first, second, third]) tab.hang()
    const tab = origin.open({ live: true, visits: true })
    const overview = tab.client.watch('overview')
    await origin.run(6_000)
    expect(origin.leader).toBe(tab)
    service.commit()
    await origin.run(2_000)
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('hangs while it polls, it polls no more when it goes on', async () => {
    const { service, origin, first, states } = await openTabs()
    service.onStream = 'mute'
    service.openStreams[0]?.kill()
    await origin.run(30_000)
    first.hang()
    await origin.run(40_000)
    first.goOn()
    expect(origin.leader).not.toBe(first)
    await origin.run(1_000)
    const before = service.asked('/changes').length
    await origin.run(240_000)
    expect(service.asked('/changes').length - before).toBeLessThanOrEqual(10)
    expect(states()).toEqual(['polling', 'polling', 'polling'])
  })

  test('is robbed by a tab that is hidden in that moment, that one lets go of the lock at once', async () => {
    const service = new FakeService()
    const page = new FakePage()
    const request: Locks['request'] = (_, { steal }, run) => {
      if (!steal) return new Promise(() => {})
      page.tell('hidden')
      held = run().then(() => 'free')
      return held
    }
    let held = Promise.resolve('not asked for')
    let opened = false
    const channel: OpenChannel = () => {
      opened = true
      return { send: () => {}, close: () => {} }
    }
    service.client({ page, locks: { request }, channel }).watch('overview')
    while (!opened) await service.clock.settle()
    await service.clock.advance(6_000)
    expect(await Promise.race([held, service.clock.settle()])).toBe('free')
  })

  test('slept with its machine, nobody is robbed', async () => {
    const { service, origin, first, shown } = await openTabs()
    service.commit(['hits'], false)
    await service.clock.sleep(8 * 3_600_000)
    await origin.run(10_000)
    expect(origin.leader).toBe(first)
    expect(shown()).toEqual([11, 11, 11])
  })

  test('is told to come later, so is the next', async () => {
    const { service, origin, first, states } = await openTabs()
    service.onStream = () => problem(503, 'unavailable', { 'retry-after': '60' })
    service.openStreams[0]?.kill()
    await origin.run(3_000)
    expect(states()).toEqual(['backoff', 'backoff', 'backoff'])
    const before = service.asked('/realtime').length
    first.crash()
    await origin.run(50_000)
    expect(service.asked('/realtime')).toHaveLength(before)
    service.onStream = undefined
    await origin.run(20_000)
    expect(states().slice(1)).toEqual(['live', 'live'])
  })

  test('polls, as streams do not get through, one polls for all', async () => {
    const { service, origin, first, shown, states } = await openTabs()
    service.onStream = 'mute'
    service.openStreams[0]?.kill()
    await origin.run(30_000)
    expect(states()).toEqual(['polling', 'polling', 'polling'])
    const before = service.asked('/changes').length
    service.commit()
    await origin.run(120_000)
    expect(shown()).toEqual([11, 11, 11])
    expect(service.asked('/changes').length - before).toBeLessThanOrEqual(5)
    const streams = service.streams.length
    first.page.tell('hidden')
    service.commit()
    await origin.run(60_000)
    expect(shown().slice(1)).toEqual([12, 12])
    expect(states()).toEqual(['hidden', 'polling', 'polling'])
    expect(service.streams).toHaveLength(streams)
  })

  test('is denied, the others hear of it and do not try each for itself', async () => {
    const { service, origin, second, shown, states } = await openTabs()
    service.onStream = () => problem(410, 'gone')
    service.openStreams[0]?.send('bye', { reason: 'revoked', retry_ms: 0 })
    await origin.run(600_000)
    expect(states()).toEqual(['unauthorized', 'unauthorized', 'unauthorized'])
    expect(second.client.status.get().error).toMatchObject({ name: 'HkError', code: 'gone' })
    expect(service.asked('/realtime')).toHaveLength(1)
    expect([origin.held.size, origin.queue.size, origin.channels.size]).toEqual([0, 0, 0])
    service.onStream = undefined
    await second.client.refresh()
    await origin.run(1_000)
    expect(states()).toEqual(['unauthorized', 'live', 'unauthorized'])
    service.commit()
    await origin.run(2_000)
    expect(shown()[1]).toBe(11)
  })
})

describe('a follower', () => {
  test('asks for what failed when the leader has the service again', async () => {
    const { service, origin, watches } = await openTabs()
    service.up = false
    service.openStreams[0]?.kill()
    for (const { client } of origin.tabs) client.refresh()
    await origin.run(20_000)
    expect(watches.map(({ state }) => state.get())).toEqual(['stale', 'stale', 'stale'])
    const before = service.asked('overview').length
    await origin.run(60_000)
    // One loop of tries for all, and in each round one report of each tab.
    expect(service.asked('overview').length - before).toBeLessThanOrEqual(9)
    service.up = true
    await origin.run(31_000)
    expect(watches.map(({ state }) => state.get())).toEqual(['ready', 'ready', 'ready'])
  })

  test('asks for what failed when a poll succeeds, where no stream can be had', async () => {
    const { service, origin, second, third, watches } = await openTabs()
    service.onStream = 'mute'
    service.openStreams[0]?.kill()
    await origin.run(30_000)
    service.onReport = () => problem(500, 'internal')
    for (const { client } of [second, third]) client.refresh()
    await origin.run(1_000)
    service.onReport = undefined
    await origin.run(37_000)
    expect(watches.map(({ state }) => state.get())).toEqual(['ready', 'ready', 'ready'])
  })

  test('is refreshed by a person as ever', async () => {
    const { service, second, watches } = await openTabs()
    const before = service.asked('overview').length
    const refreshed = second.client.refresh()
    expect(watches[1]?.state.get()).toBe('loading')
    await refreshed
    expect(service.asked('overview')).toHaveLength(before + 1)
  })

  test('misses nothing for good where messages get lost', async () => {
    const { service, origin, second, shown } = await openTabs()
    origin.loses = (tab) => tab === second
    service.commit()
    await origin.run(3_000)
    expect(shown()).toEqual([11, 10, 11])
    origin.loses = () => false
    await origin.run(16_000)
    expect(shown()).toEqual([11, 11, 11])
    expect(service.streams).toHaveLength(1)
  })

  test('is fresh as soon as the leader is where a proxy takes out the position', async () => {
    const { service, shown } = await openTabs()
    service.onStream = ({ searchParams }) => void searchParams.delete('last_event_id')
    service.commit(['hits'], false)
    service.openStreams[0]?.kill()
    await service.clock.advance(3_000)
    expect(service.streams).toHaveLength(2)
    expect(shown()).toEqual([11, 11, 11])
  })

  test('that hears nobody has a stream of its own, until it does', async () => {
    const { service, origin, shown } = await openTabs(2)
    origin.loses = () => true
    await origin.run(60_000)
    expect(service.openStreams).toHaveLength(2)
    const streams = service.streams.length
    service.commit()
    await origin.run(600_000)
    expect(shown()).toEqual([11, 11])
    expect(service.streams).toHaveLength(streams)
    origin.loses = () => false
    await origin.run(30_000)
    expect(service.openStreams).toHaveLength(1)
    service.commit()
    await origin.run(3_000)
    expect(shown()).toEqual([12, 12])
  })
})

describe('where tabs cannot agree, each has its own stream', () => {
  const works = async (service: FakeService, origin: FakeOrigin, tabs: FakeTab[]) => {
    const watches = tabs.map(({ client }) => client.watch('overview'))
    // Hashing the name takes a moment that the clock of the test does not have.
    while (service.openStreams.length < tabs.length) await service.clock.settle()
    service.commit()
    await service.run(60_000)
    expect(watches.map(({ data }) => data.get()?.visitors)).toEqual(tabs.map(() => 11))
    expect(service.openStreams).toHaveLength(tabs.length)
    for (const { client } of tabs) client.close()
    await service.clock.settle()
    expect(service.openStreams).toHaveLength(0)
    expect(service.clock.pending).toBe(0)
    expect(origin.channels.size).toBe(0)
  }

  test('as locks are refused', async () => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    origin.refusesLocks = true
    await works(service, origin, [origin.open(), origin.open()])
  })

  test('as channels are refused', async () => {
    const service = new FakeService()
    const origin = new FakeOrigin(service)
    const channel = () => {
      throw new DOMException('Not here.', 'SecurityError')
    }
    await works(service, origin, [origin.open({ channel, tabs: 'x' }), origin.open({ channel })])
  })

  test('as there are no locks', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.clock.settle()
    expect(client.status.get().state).toBe('live')
  })
})

describe('on the channel', () => {
  const says = (more: object) => ({ state: 'live', since: 0, failures: 0, strikes: 0, notBefore: 0, ...more })
  const change = (data: unknown, more: object = {}) =>
    says({ message: { event: 'analytics.changed', data: JSON.stringify(data), ...more } })
  /** Throws where it is made a number or a text. */
  const bare = { valueOf: 0, toString: 0 }
  const letters: [string, unknown][] = [
    ['nothing', undefined],
    ['text', 'hello'],
    ['a list', [1, 2]],
    ['an answer without a question', { to: 1, locked: true }],
    ['a state that nobody can tell', says({ state: 'closed' })],
    ['a state that is none', says({ state: 'toString' })],
    ['an event that is none', says({ message: { event: 'close', data: '{}' } })],
    ['data that is not JSON', says({ message: { event: 'visit', data: '{' } })],
    ['a change without kinds', change({})],
    ['a change of kinds that are none', change({ kinds: 7 })],
    ['visits that are none', says({ message: { event: 'visit', data: '{"visits":"x"}' } })],
    ['a position that is none', change({ kinds: ['hits'] }, { id: 'x'.repeat(99) })],
    ['a start that is none', { ...(change({ kinds: ['hits'] }, { id: 'e1.99' }) as object), from: {} }],
    ['a report to ask for that is none', says({ recover: 'all' })],
    ['counters that are none', says({ failures: 'x', strikes: {}, notBefore: [], error: ['x', {}] })],
    ['what has no text and no number', says({ since: bare, failures: bare, strikes: bare, error: ['gone', bare] })],
  ]

  test.each(letters)('%s does no harm', async (_, letter) => {
    const { service, origin, second, shown, states } = await openTabs()
    const [name = ''] = origin.held.keys()
    const asked = service.requests.length
    const heard: unknown[] = []
    for (const { client } of origin.tabs) {
      client.on('change', (data) => heard.push(data))
      client.on('visit', (data) => heard.push(data))
    }
    origin.say(name, letter)
    await origin.run(3_000)
    expect(heard).toEqual([])
    expect(second.client.status.get().position).toBe('e1.10')
    expect(service.requests).toHaveLength(asked)
    expect(states()).toEqual(['live', 'live', 'live'])
    second.page.tell('hidden')
    second.page.tell('visible')
    service.commit()
    await origin.run(3_000)
    expect(shown()).toEqual([11, 11, 11])
    expect(service.streams).toHaveLength(1)
  })

  test('a leader sets right what somebody else says of the connection', async () => {
    const { service, origin, states } = await openTabs()
    const [name = ''] = origin.held.keys()
    origin.say(name, says({ state: 'backoff', failures: 9, notBefore: service.clock.now() + 1e15 }))
    await service.clock.settle()
    expect(states()).toEqual(['live', 'live', 'live'])
  })

  test('a position that the service has not reached loses nothing, neither now nor when a follower leads', async () => {
    const { service, origin, first, second, shown } = await openTabs()
    const [name = ''] = origin.held.keys()
    origin.say(name, { ...(change({ kinds: ['hits'] }, { id: 'e1.99' }) as object), from: 'e1.10' })
    await origin.run(3_000)
    expect(second.client.status.get().position).toBe('e1.99')
    service.commit()
    await origin.run(3_000)
    expect(shown()).toEqual([11, 11, 11])
    first.page.tell('hidden')
    service.commit()
    await origin.run(3_000)
    expect(shown().slice(1)).toEqual([12, 12])
    expect(second.client.status.get().position).toBe('e1.12')
  })

  test('what a former leader says late moves nobody back', async () => {
    const { service, origin, second } = await openTabs()
    const [name = ''] = origin.held.keys()
    const asked = service.requests.length
    const late = { message: { event: 'analytics.changed', id: 'e1.9', data: '{"kinds":["hits"]}' }, from: 'e1.8' }
    origin.say(name, says(late))
    await origin.run(3_000)
    expect(second.client.status.get().position).toBe('e1.10')
    expect(service.requests).toHaveLength(asked)
  })
})

test('a client that is closed while its status is told leaves nothing open', async () => {
  const service = new FakeService()
  const client = service.client()
  client.on('status', () => client.close())
  client.watch('overview')
  await service.clock.advance(1_000)
  expect(service.openStreams).toHaveLength(0)
  expect(service.clock.pending).toBe(0)
})

test('a service that asks to be left alone for a year is not asked again and again', async () => {
  const delays: number[] = []
  const service = new FakeService()
  service.onStream = () => problem(503, 'unavailable', { 'retry-after': '31536000' })
  const timers = {
    setTimeout: (run: () => void, ms: number) => {
      delays.push(ms)
      return service.clock.setTimeout(run, ms)
    },
    clearTimeout: (handle: unknown) => service.clock.clearTimeout(handle),
  }
  service.client({ timers }).watch('overview')
  await service.clock.advance(1_000)
  // A timer of a runtime has 31 bits for its milliseconds, and is over at once where they are too few.
  expect(Math.max(...delays)).toBe(2 ** 31 - 1)
})
