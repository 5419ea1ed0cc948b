import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, pageview, type TestService } from '../support/service.ts'
import { readStream } from '../support/sse.ts'
import { advanceOne } from '../support/versions.ts'

let service: TestService
let site: string
let token: string

beforeAll(async () => {
  service = await openService({ lookMs: 300 })
  site = await service.makeSite()
  token = (await service.makeShare(site)).token
})
afterAll(() => service[Symbol.asyncDispose]())

async function open(from: TestService) {
  return readStream(await from.fetch(`/api/share/${token}/sites/${site}/realtime`))
}

describe('two nodes on one Postgres', () => {
  test('hear of each other within a moment', async () => {
    await using second = await openService({ databaseUrl: service.databaseUrl, lookMs: 60_000 })
    const stream = await open(second)
    await stream.next('hello')
    await service.send(site, [pageview()])
    expect((await stream.next('analytics.changed')).data.counts).toEqual({ hits: 1 })
    await stream.cancel()
  })

  test('hear of each other without a wake-up, by looking', async () => {
    await using second = await openService({ databaseUrl: service.databaseUrl, lookMs: 200 })
    const stream = await open(second)
    await stream.next('hello')
    await second.assembly
      .sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = current_database()`
    await service.assembly.sql.begin((tx) => advanceOne(tx, site))
    expect((await stream.next('analytics.changed')).data.kinds).toEqual(['hits'])
    await stream.cancel()
  })

  test('store an item that both are sent once', async () => {
    await using second = await openService({ databaseUrl: service.databaseUrl })
    const own = await service.makeSite()
    const items = Array.from({ length: 30 }, () => pageview())
    await Promise.all(items.flatMap((item) => [service.send(own, [item]), second.send(own, [item])]))
    expect(await service.report(own, 'overview', 'range=today')).toMatchObject({
      pageviews: 30,
      visitors: 1,
      visits: 1,
    })
  })
})
