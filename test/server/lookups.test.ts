import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hashToken } from '../../server/access/token.ts'
import { createLookups, type Sql } from '../../server/store/index.ts'
import { openService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

/** Look-ups with the number of statements that they made. */
function open(everyMs?: number) {
  let statements = 0
  const counted: Sql = new Proxy(service.assembly.sql, {
    apply(target, self, args) {
      statements++
      return Reflect.apply(target, self, args)
    },
  })
  return { lookups: createLookups(counted, everyMs), statements: () => statements }
}

describe('look-ups', () => {
  test('that are asked at once are one statement, each with its own answer', async () => {
    const sites = [await service.makeSite(), await service.makeSite()]
    const { token } = await service.makeShare(sites[0] ?? '')
    const { lookups, statements } = open()
    const asked = [...sites, 'nosuchsite', ...sites]
    const found = await Promise.all(asked.map((id) => lookups.site(id)))
    expect(found.map((one) => one?.site.site_id)).toEqual([...sites, undefined, ...sites])
    expect(found.map((one) => one?.version.site_id)).toEqual([...sites, undefined, ...sites])
    expect(statements()).toBe(1)
    const shares = await Promise.all([token, 'another', token].map((one) => lookups.share(hashToken(one))))
    expect(shares.map((share) => share?.site_id)).toEqual([sites[0], undefined, sites[0]])
    expect(statements()).toBe(2)
  })

  test('are spaced in a rush, however many ask', async () => {
    const site = await service.makeSite()
    const { lookups, statements } = open(50)
    const start = performance.now()
    const asked: Promise<unknown>[] = []
    for (let number = 0; number < 400; number++) {
      asked.push(lookups.version(site))
      await Bun.sleep(1)
    }
    await Promise.all(asked)
    // The burst, then one each 50 ms.
    expect(statements()).toBeLessThanOrEqual(52 + (performance.now() - start) / 50)
    expect(statements()).toBeGreaterThan(1)
  })

  test('are never older than their question', async () => {
    const site = await service.makeSite()
    const { lookups } = open(100)
    for (let seq = 1; seq <= 5; seq++) {
      await service.send(site, [{ id: crypto.randomUUID(), type: 'pageview', url: 'https://shop.example/' }])
      expect((await lookups.version(site))?.seq).toBe(seq)
    }
  })

  test('of what cannot be an id do not reach Postgres', async () => {
    const { lookups, statements } = open()
    expect(await Promise.all(['', '\0', 'A B', 'x'.repeat(100)].map((id) => lookups.site(id)))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    )
    expect(statements()).toBe(0)
  })
})
