/** Passwords of share links: guesses are bounded, whoever makes them, and readers who have the right one go on. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { HkError } from '@hk-live/sdk/protocol'
import { createPasswords } from '../../server/access/passwords.ts'
import { openService, type TestService } from '../support/service.ts'

const second = 1_000
const stored = 'hash of correct horse'

/** Passwords on a clock of the test, that count how often they were compared. */
function setUp() {
  let time = 0
  let compared = 0
  const compare = async (password: string) => {
    compared++
    return password === 'correct horse'
  }
  const passwords = createPasswords({ now: () => time, compare, maxRunning: 1, maxQueued: 8 })
  const guess = (password: string, network = '203.0.113.1', shareId = 'a') =>
    passwords.check({ shareId, password, stored, network }).catch((error: HkError) => error.retryAfterMs ?? Number.NaN)
  return { guess, wait: (ms: number) => (time += ms), compared: () => compared }
}

describe('a network that guesses', () => {
  test('waits twice as long after each wrong one past the fifth, up to a quarter of an hour', async () => {
    const { guess, wait, compared } = setUp()
    for (let count = 0; count < 4; count++) expect(await guess(`no ${count}`)).toBe(false)
    const waits: unknown[] = []
    for (let count = 4; count < 20; count++) {
      expect(await guess(`no ${count}`)).toBe(false)
      const refused = await guess(`next ${count}`)
      waits.push(refused)
      // Not a moment earlier.
      wait(Number(refused) - 1)
      expect(await guess(`early ${count}`)).toBe(second)
      wait(1)
    }
    expect(waits.slice(0, 5)).toEqual([1, 2, 4, 8, 16].map((seconds) => seconds * second))
    expect(waits.at(-1)).toBe(900 * second)
    expect(compared()).toBe(20)
  })

  test('is not held up by what others guess wrong of other links, and begins anew after a rest', async () => {
    const { guess, wait } = setUp()
    for (let count = 0; count < 6; count++) await guess(`no ${count}`)
    expect(await guess('correct horse')).toBe(second)
    expect(await guess('correct horse', '203.0.113.2')).toBe(true)
    wait(3_601 * second)
    for (let count = 0; count < 4; count++) expect(await guess(`yes ${count}`)).toBe(false)
    expect(await guess('yes 4')).toBe(false)
  })

  test('is held up over all links, as well', async () => {
    const { guess } = setUp()
    const answers: unknown[] = []
    for (let link = 0; link < 30; link++) answers.push(await guess(`no ${link}`, '203.0.113.1', `link ${link}`))
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => false))
    expect(answers.slice(20)).toEqual(Array.from({ length: 10 }, () => second))
  })

  test('learns nothing while it waits, also where the password is right and others use it', async () => {
    const { guess, compared } = setUp()
    expect(await guess('correct horse', 'reader')).toBe(true)
    for (let count = 0; count < 5; count++) await guess(`no ${count}`)
    const before = compared()
    expect(await guess('correct horse')).toBe(second)
    expect(await guess('another')).toBe(second)
    expect(compared()).toBe(before)
  })

  test('waits ten seconds at most where it has given the right password', async () => {
    const { guess, wait } = setUp()
    expect(await guess('correct horse')).toBe(true)
    let longest = 0
    for (let count = 0; count < 40; count++) {
      await guess(`no ${count}`)
      const waitMs = await guess('correct horse')
      if (waitMs === true) continue
      longest = Math.max(longest, Number(waitMs))
      wait(Number(waitMs))
      expect(await guess('correct horse')).toBe(true)
    }
    expect(longest).toBe(10 * second)
  })
})

describe('a link that is guessed at', () => {
  test('from ever new networks takes a guess each two seconds, and one that has read it is not held up', async () => {
    const { guess, wait } = setUp()
    expect(await guess('correct horse', 'reader')).toBe(true)
    let taken = 0
    for (let at = 0; at < 600; at++) {
      for (let attacker = 0; attacker < 20; attacker++) if ((await guess(`${at} ${attacker}`, `${at} ${attacker}`)) === false) taken++
      wait(second)
    }
    expect(taken).toBeLessThan(320)
    expect(taken).toBeGreaterThan(280)
    // Long after the password itself was remembered.
    expect(await guess('correct horse', 'reader')).toBe(true)
  })

  test('does not hold up who has read on for longer than a day, and does who has rested for one', async () => {
    const { guess, wait, compared } = setUp()
    const minute = 60 * second
    /** More guesses of networks that it does not know than the link takes. */
    const crowd = async (name: string) => {
      for (let count = 0; count < 12; count++) await guess('no', `${name} ${count}`)
    }
    expect(await guess('correct horse', 'reader')).toBe(true)
    expect(await guess('wrong', 'stranger')).toBe(false)
    for (let at = 0; at < 30 * 60; at += 4) {
      wait(4 * minute)
      expect(await guess('correct horse', 'reader')).toBe(true)
      expect(await guess('wrong', 'stranger')).toBe(false)
    }
    expect(compared()).toBe(2)
    // After a rest the password itself is looked at again, however many others guess; that of the stranger is not.
    wait(23 * 60 * minute)
    await crowd('a')
    expect(await guess('wrong', 'stranger')).toBeNumber()
    expect(await guess('correct horse', 'reader')).toBe(true)
    wait(24 * 60 * minute + second)
    await crowd('b')
    expect(await guess('correct horse', 'reader')).toBeNumber()
  })

  test('compares one password once, however many widgets give it, right or wrong', async () => {
    const { guess, compared } = setUp()
    for (let widget = 0; widget < 50; widget++) expect(await guess('wrong', '203.0.113.1')).toBe(false)
    for (let widget = 0; widget < 50; widget++) expect(await guess('correct horse', '203.0.113.1')).toBe(true)
    expect(compared()).toBe(2)
  })

  test('compares none that is longer than one can be', async () => {
    const { guess, compared } = setUp()
    expect(await guess('x'.repeat(201))).toBe(false)
    expect(compared()).toBe(0)
  })
})

describe('comparisons', () => {
  test('run so many at once, so many more wait, and the rest is told when to come again', async () => {
    let [running, most] = [0, 0]
    const ends: (() => void)[] = []
    const compare = async () => {
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => ends.push(resolve))
      running--
      return false
    }
    const passwords = createPasswords({ now: () => 0, compare, maxRunning: 2, maxQueued: 3 })
    const guesses = Array.from({ length: 10 }, (_, n) =>
      passwords.check({ shareId: `${n}`, password: `${n}`, stored, network: `${n}` }).catch((error: HkError) => error.code),
    )
    for (let turn = 0; turn < 20; turn++) {
      await Bun.sleep(1)
      ends.shift()?.()
    }
    expect((await Promise.all(guesses)).map(String).toSorted()).toEqual([...Array(5).fill('false'), ...Array(5).fill('rate_limited')])
    expect(most).toBe(2)
  })
})

describe('a network that has given the right password', () => {
  /** Comparisons that end when the test says so, in the order in which they began. */
  async function setUpSlow() {
    const begun: string[] = []
    const ends: (() => void)[] = []
    let isSlow = false
    const compare = async (password: string) => {
      begun.push(password)
      if (isSlow) await new Promise<void>((resolve) => ends.push(resolve))
      return password === 'correct horse'
    }
    const passwords = createPasswords({ now: () => 0, compare, maxRunning: 1, maxQueued: 3 })
    const guess = (password: string, network: string) =>
      passwords.check({ shareId: 'a', password, stored, network }).catch((error: HkError) => error.code)
    expect(await guess('correct horse', 'reader')).toBe(true)
    begun.length = 0
    isSlow = true
    const finish = async (all: readonly Promise<unknown>[]) => {
      let isOver = false
      const answers = Promise.all(all).finally(() => (isOver = true))
      while (!isOver) {
        ends.shift()?.()
        await Bun.sleep(0)
      }
      return answers
    }
    return { guess, finish, begun }
  }

  test('passes a queue that others have filled', async () => {
    const { guess, finish, begun } = await setUpSlow()
    const others = Array.from({ length: 6 }, (_, n) => guess(`no ${n}`, `other ${n}`))
    const answers = await finish([...others, guess('after a change', 'reader')])
    expect(answers.map(String).toSorted()).toEqual([...Array(5).fill('false'), ...Array(2).fill('rate_limited')])
    expect(begun.slice(0, 2)).toEqual(['no 0', 'after a change'])
  })

  test('cannot keep others from being looked at by guessing many at once', async () => {
    const { guess, finish, begun } = await setUpSlow()
    const flood = Array.from({ length: 1_000 }, (_, n) => guess(`no ${n}`, 'reader'))
    const answers = await finish([...flood, guess('correct horse', 'other')])
    expect(begun).toHaveLength(6)
    expect(answers.at(-1)).toBe(true)
    expect(answers.filter((answer) => answer === 'rate_limited')).toHaveLength(995)
  })
})

describe('over HTTP', () => {
  let service: TestService
  beforeAll(async () => {
    service = await openService({ env: { HK_TRUSTED_PROXIES: '198.51.100.7' } })
  })
  afterAll(() => service[Symbol.asyncDispose]())

  const ask = (token: string, site: string, password: string, address: string) =>
    service.fetch(`/api/share/${token}/sites/${site}/reports/overview`, { headers: { 'x-hk-password': password, 'x-forwarded-for': address } })

  test('guesses are counted by the network behind the proxy, and the answer says when to come again', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { password: 'correct horse' })
    let answer = await ask(token, site, 'wrong 0', '2001:db8::')
    for (let count = 1; count < 5; count++) {
      expect(answer.status).toBe(401)
      answer = await ask(token, site, `wrong ${count}`, `2001:db8::${count}`)
    }
    // Waits grow, so that also a machine that stands still for a while comes to one that lasts.
    const waitOf = ({ headers }: Response) => Number(headers.get('retry-after') ?? 0)
    for (let count = 5; waitOf(answer) < 3 && count < 60; count++) {
      answer = await ask(token, site, `wrong ${count}`, `2001:db8::${count}`)
      await Bun.sleep(200)
    }
    expect([answer.status, waitOf(answer) >= 3]).toEqual([429, true])
    expect((await answer.json()).detail).toMatch(/^Too many passwords were tried\. Try again in \d+ seconds\.$/)
    expect((await ask(token, site, 'correct horse', '2001:db8::ffff')).status).toBe(429)
    expect((await ask(token, site, 'correct horse', '2001:db8:1::1')).status).toBe(200)
    expect((await ask(token, site, 'correct horse', '2001:db8::ffff')).status).toBe(429)
  })

  test('all widgets of a page that give the right password are answered', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { password: 'correct horse' })
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(token, site, 'correct horse', '192.0.2.1')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('a password has eight characters at least', async () => {
    const site = await service.makeSite()
    await expect(service.makeShare(site, { password: 'seven77' })).rejects.toThrow('8 to 200 characters')
    await service.makeShare(site, { password: 'eight888' })
  })
})
