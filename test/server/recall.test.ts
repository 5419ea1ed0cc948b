import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createRecall, createVisitors } from '../../server/ingest/index.ts'
import { destroySalts, saltOf, slotOf } from '../../server/store/index.ts'
import { openService, type TestService } from '../support/service.ts'

const hour = 3_600_000
const away = () => Promise.reject(Object.assign(new Error('The database is away.'), { code: 'ECONNREFUSED' }))

/** A recall of texts over a database that answers as `answer` says; `asked` are the keys it was asked for. */
function open(more: { patienceMs?: number; most?: number } = {}) {
  const state = { time: 0, answer: (key: string): Promise<string | undefined> => Promise.resolve(`of ${key}`) }
  const asked: string[] = []
  const read = (key: string) => {
    asked.push(key)
    return state.answer(key)
  }
  const recall = createRecall({ read, now: () => state.time, freshMs: 2_000, staleMs: hour, most: 100, ...more })
  return { state, asked, recall }
}

describe('what is recalled', () => {
  test('is read once by a burst, and again when it is no longer fresh', async () => {
    const { state, asked, recall } = open()
    expect(await Promise.all([recall('a'), recall('a'), recall('b')])).toEqual(['of a', 'of a', 'of b'])
    await recall('a')
    expect(asked).toEqual(['a', 'b'])
    state.time += 2_000
    state.answer = () => Promise.resolve('new')
    expect(await recall('a')).toBe('new')
  })

  test('will do for a while when the database is away, which is not asked for each', async () => {
    const { state, asked, recall } = open()
    await recall('a')
    state.time += 2_000
    state.answer = away
    for (let count = 0; count < 20; count += 1) expect(await recall('a')).toBe('of a')
    expect(asked).toEqual(['a', 'a'])
    state.time += 1_000
    state.answer = () => Promise.resolve('new')
    expect(await recall('a')).toBe('new')
  })

  test('will not do for ever', async () => {
    const { state, recall } = open()
    await recall('a')
    state.time += hour
    state.answer = away
    await expect(recall('a')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('is not waited for when the database hangs, and it is not asked again meanwhile', async () => {
    const { state, asked, recall } = open({ patienceMs: 20 })
    await recall('a')
    state.time += 2_000
    const thaw = Promise.withResolvers<string>()
    state.answer = () => thaw.promise
    expect(await recall('a')).toBe('of a')
    await expect(recall('b')).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 5_000 })
    state.time += 1_000
    expect(await recall('a')).toBe('of a')
    expect(asked).toEqual(['a', 'a'])
    thaw.resolve('new')
    await thaw.promise
    await Bun.sleep(0)
    expect(await recall('a')).toBe('new')
  })

  test('is refused, not denied, where nothing is known: there may be something by now', async () => {
    const { state, recall } = open()
    state.answer = () => Promise.resolve(undefined)
    expect(await recall('a')).toBeUndefined()
    state.answer = away
    expect(await recall('a')).toBeUndefined()
    state.time += 2_000
    await expect(recall('a')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(recall('b')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('is bounded, and names that nobody has push out none that somebody has', async () => {
    const { state, asked, recall } = open({ most: 3 })
    for (const key of ['a', 'b', 'c', 'd']) await recall(key)
    state.answer = () => Promise.resolve(undefined)
    for (let number = 0; number < 10; number += 1) await recall(`${number}`)
    asked.length = 0
    state.answer = away
    for (const key of ['b', 'c', 'd']) expect(await recall(key)).toBe(`of ${key}`)
    expect(asked).toEqual([])
    await expect(recall('a')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('passes on what is wrong with a question', async () => {
    const { state, recall } = open()
    state.answer = () => Promise.reject(new Error('no such column'))
    await expect(recall('a')).rejects.toThrow('no such column')
  })
})

describe('salts', () => {
  let service: TestService
  beforeAll(async () => {
    service = await openService()
  })
  afterAll(() => service[Symbol.asyncDispose]())

  const daysOf = async (site: string) => {
    const { sql } = service.assembly
    const rows = await sql<{ day: string }[]>`select day::text as day from salts where site_id = ${site} order by day`
    return rows.map(({ day }) => day)
  }

  test.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
    'of the next day in %s are made with those of the running one, and of no other',
    async (timezone) => {
      const site = await service.makeSite({ timezone })
      const visitors = createVisitors(service.assembly.sql, Date.now)
      const day = (ahead: number) => slotOf(Date.now() + ahead * 24 * hour, timezone).day
      await visitors.idOf(site, '2026-01-05', '203.0.113.9', 'x')
      await visitors.idOf(site, day(0), '203.0.113.9', 'x')
      for (const deadline = Date.now() + 10_000; (await daysOf(site)).length < 3; await Bun.sleep(20)) {
        if (Date.now() > deadline) break
      }
      expect(await daysOf(site)).toEqual(['2026-01-05', day(0), day(1)])
    },
  )

  test('of past days are destroyed when they were not used for two days, and others stay', async () => {
    const { sql } = service.assembly
    const site = await service.makeSite()
    const day = (ahead: number) => new Date(Date.now() + ahead * 24 * hour).toISOString().slice(0, 10)
    for (const ahead of [-40, -5, -2, -1, 0]) await saltOf(sql, site, day(ahead), new Uint8Array(32).fill(1))
    await sql`update salts set used_at = now() - interval '49 hours' where site_id = ${site} and day <> ${day(-5)}::date`
    await destroySalts(sql)
    expect(await daysOf(site)).toEqual([day(-5), day(-1), day(0)])
  })
})
