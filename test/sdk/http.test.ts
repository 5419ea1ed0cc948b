import { describe, expect, test } from 'bun:test'
import { readError } from '../../sdk/errors.ts'
import { formatQuestion } from '../../sdk/http.ts'
import { createClient } from '../../sdk/index.ts'
import { FakeService, problem } from './service.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

function giveUp(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

describe('a question', () => {
  test('is written with its metrics joined and its filters repeated', () => {
    const filter = ['page:/a b', '!country:DE']
    const query = formatQuestion({ range: '7d', metrics: ['visitors', 'visits'], filter })
    expect([...new URLSearchParams(query)]).toEqual([
      ['filter', '!country:DE'],
      ['filter', 'page:/a b'],
      ['metrics', 'visitors,visits'],
      ['range', '7d'],
    ])
  })

  test('is written the same whatever the order of its parts, and without those that are not set', () => {
    expect(formatQuestion({ range: '7d', filter: undefined, metrics: undefined })).toBe('range=7d')
    const one = formatQuestion({ range: '7d', by: 'page', filter: ['a:1', 'b:2'], search: undefined })
    const two = formatQuestion({ filter: ['b:2', 'a:1'], by: 'page', range: '7d' })
    expect(one).toBe(two)
    const three = formatQuestion({ metrics: ['visits', 'visitors'] })
    expect(three).not.toBe(formatQuestion({ metrics: ['visitors', 'visits'] }))
  })
})

describe('a request', () => {
  test('of a share link with a password carries it, whatever is asked', async () => {
    const service = new FakeService()
    const client = service.client({ site: undefined, share: 'token', password: 'open sesame' })
    client.watch('overview')
    await service.clock.advance(1_000)
    service.onStream = () => problem(503, 'unavailable')
    service.openStreams[0]?.kill()
    await service.clock.advance(40_000)
    for (const part of ['/api/share/token', '/reports/', '/realtime', '/changes']) {
      expect(service.asked(part).length).toBeGreaterThan(0)
    }
    expect(new Set(service.requests.map(({ password }) => password))).toEqual(new Set(['open sesame']))
  })

  test.each([undefined, 's1'])('with a wrong password is made once, whatever is asked (site %p)', async (site) => {
    const service = new FakeService()
    service.password = 'open sesame'
    const client = service.client({ site, share: 'token', password: 'guess' })
    const watches = ['overview', 'timeseries', 'live'].map((report) => client.watch(report as 'overview'))
    await service.clock.advance(5_000)
    expect(watches.map(({ state }) => state.get())).toEqual(['denied', 'denied', 'denied'])
    client.watch('overview', { range: '7d' })
    await expect(client.ask('overview')).rejects.toMatchObject({ code: 'unauthorized' })
    await service.clock.advance(600_000)
    expect(service.requests.map(({ path }) => path)).toEqual(['/api/share/token'])
  })

  test('of another kind goes below the path of the site, as the same principal', async () => {
    const service = new FakeService()
    const client = service.client({ token: 't1' })
    const answer = await client.request('/opportunities/o1', { method: 'PATCH', headers: { 'x-own': '1' }, body: '{}' })
    expect(answer.ok).toBe(true)
    expect(service.requests.at(-1)).toMatchObject({ path: '/api/sites/s1/opportunities/o1', authorization: 'Bearer t1' })
    service.up = false
    await expect(client.request('/reports/breakdown/export?format=csv')).rejects.toMatchObject({ code: 'network' })
    client.close()
    await expect(client.request('/')).rejects.toMatchObject({ code: 'closed' })
  })

  test('of a share link names the link and the site, and asks the link for the site', async () => {
    const service = new FakeService()
    const client = service.client({ site: undefined, share: 'to/ken', endpoint: 'https://stats.test/base/' })
    await client.ask('overview', { range: '7d' })
    expect(await client.site()).toMatchObject({ id: 's1', timezone: 'Europe/Berlin' })
    expect(service.requests.map(({ path }) => path)).toEqual([
      '/base/api/share/to%2Fken',
      '/base/api/share/to%2Fken/sites/s1/reports/overview?range=7d',
    ])
  })

  test('of an API client carries its token', async () => {
    const service = new FakeService()
    await service.client({ token: 'secret' }).ask('live')
    expect(service.requests[0]?.authorization).toBe('Bearer secret')
    expect(service.requests[0]?.path).toBe('/api/sites/s1/reports/live')
  })

  test('fails with the code, the detail and the parameter of the problem', async () => {
    const service = new FakeService()
    service.onReport = () =>
      Response.json({ code: 'bad_request', detail: 'Unknown range.', parameter: 'range' }, { status: 400 })
    await expect(service.client().ask('overview')).rejects.toMatchObject({
      name: 'HkError',
      code: 'bad_request',
      message: 'Unknown range.',
      parameter: 'range',
    })
  })

  test('ends after 30 s', async () => {
    const service = new FakeService()
    service.reportMs = 60_000
    const failed = service.client().ask('overview').catch((error) => error)
    await service.clock.advance(30_000)
    expect(await failed).toMatchObject({ code: 'timeout' })
  })

  test('ends when its caller gives it up, and leaves no timer', async () => {
    const service = new FakeService()
    service.reportMs = 1_000
    const { signal, abort } = giveUp()
    const failed = service.client().ask('overview', {}, { signal }).catch((error) => error)
    await service.clock.settle()
    abort()
    expect(await failed).toMatchObject({ code: 'closed' })
    await service.clock.advance(1_000)
    expect(service.clock.pending).toBe(0)
  })

  test('fails with `protocol` where something else than the service answers', async () => {
    const service = new FakeService()
    service.onReport = () => new Response('<h1>Welcome to our Wi-Fi</h1>')
    await expect(service.client().ask('overview')).rejects.toMatchObject({ code: 'protocol' })
    service.onReport = () => Response.json({ hello: 'world' })
    await expect(service.client().ask('overview')).rejects.toMatchObject({ code: 'protocol' })
  })

  test('asks for the token again where getting it failed', async () => {
    const service = new FakeService()
    let asked = 0
    const client = service.client({
      async getToken() {
        asked += 1
        if (asked === 1) throw new Error('own back end is down')
        return 't'
      },
    })
    await expect(client.ask('overview')).rejects.toMatchObject({ code: 'network' })
    await client.ask('overview')
    expect(service.requests[0]?.authorization).toBe('Bearer t')
  })
})

describe('an error', () => {
  test('takes its code from the status where the answer names none that is known', async () => {
    const codes: Record<number, string> = {
      400: 'bad_request',
      401: 'unauthorized',
      404: 'not_found',
      410: 'gone',
      418: 'bad_request',
      429: 'rate_limited',
      502: 'unavailable',
      503: 'unavailable',
    }
    for (const [status, code] of Object.entries(codes)) {
      const error = await readError(new Response('<h1>Proxy</h1>', { status: Number(status) }), now)
      expect(`${status} ${error.code}`).toBe(`${status} ${code}`)
    }
    expect((await readError(problem(503, 'made_up'), now)).code).toBe('unavailable')
  })

  test('reads Retry-After in seconds and as a date', async () => {
    const after = async (value: string) => {
      const { retryAfterMs } = await readError(problem(429, 'rate_limited', { 'retry-after': value }), now)
      return retryAfterMs
    }
    expect(await after('7')).toBe(7_000)
    expect(await after('Sun, 22 Nov 2026 12:00:30 GMT')).toBe(30_000)
    expect(await after('Sun, 22 Nov 2026 11:00:00 GMT')).toBeUndefined()
    expect(await after('soon')).toBeUndefined()
  })

  test('is thrown where neither a site nor a share link is named', () => {
    expect(() => createClient({ endpoint: 'https://stats.test' })).toThrow('Name the site')
  })
})
