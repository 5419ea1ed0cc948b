import { describe, expect, test } from 'bun:test'
import { createAnswers, type Point } from '../../server/reports/answers.ts'

const at = (seq: number, epoch = 'aaaaaaaa'): Point => ({ epoch, seq })
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** Answers whose computations are counted and end when the test lets them. */
function open(options: { everyMs?: number; most?: number; mostPauseMs?: number } = {}) {
  const answers = createAnswers({ everyMs: 0, ...options })
  const computed: { point: Point; end: (error?: Error) => void }[] = []
  const compute = (point: Point) =>
    new Promise<string>((resolve, reject) => {
      computed.push({
        point,
        end: (error) => (error === undefined ? resolve(`as of ${point.seq}`) : reject(error)),
      })
    })
  const get = async (point: Point, key = 'question') => {
    const { body, point: reached } = await answers.get(key, point, compute)
    return { text: text(body.identity), seq: reached.seq }
  }
  const started = async (count: number) => {
    for (const deadline = Date.now() + 5_000; computed.length < count; await Bun.sleep(1)) {
      if (Date.now() > deadline) throw new Error(`${computed.length} computations began, not ${count}`)
    }
    return computed[count - 1]
  }
  return { computed, get, started }
}

describe('the answer to a question', () => {
  test('is computed once for all who ask at once, and kept for who asks later', async () => {
    const { computed, get, started } = open()
    const asked = Array.from({ length: 100 }, () => get(at(3)))
    ;(await started(1))?.end()
    expect(new Set((await Promise.all(asked)).map((answer) => answer.text))).toEqual(new Set(['as of 3']))
    expect(await get(at(2))).toEqual({ text: 'as of 3', seq: 3 })
    expect(computed.length).toBe(1)
  })

  test('is never older than asked for: who asks while an older one is computed gets the next', async () => {
    const { computed, get, started } = open()
    const first = get(at(1))
    const running = await started(1)
    const later = [get(at(2)), get(at(5)), get(at(4))]
    running?.end()
    expect((await first).seq).toBe(1)
    ;(await started(2))?.end()
    expect((await Promise.all(later)).map(({ seq }) => seq)).toEqual([5, 5, 5])
    expect(computed.length).toBe(2)
  })

  test('is computed at most so often however fast the site changes, and the last change is in it', async () => {
    const answers = createAnswers({ everyMs: 100 })
    const began: number[] = []
    const seen: number[] = []
    const start = performance.now()
    for (let seq = 1; seq <= 60; seq++) {
      answers
        .get('question', at(seq), async () => {
          began.push(performance.now() - start)
          return '{}'
        })
        .then(({ point }) => seen.push(point.seq))
      await Bun.sleep(5)
    }
    const last = await answers.get('question', at(60), async () => '{}')
    expect(last.point.seq).toBe(60)
    const gaps = began.slice(1).map((time, index) => time - (began[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(95)
    expect(began.length).toBeLessThan(20)
    expect(seen.length).toBe(60)
  })

  test('is not held back for long by one that took very long', async () => {
    const { get, started } = open({ mostPauseMs: 20 })
    const slow = get(at(1))
    const running = await started(1)
    await Bun.sleep(2_000)
    running?.end()
    await slow
    // A fifth of the time would be eight seconds of pause; `started` gives up after five.
    const next = get(at(2))
    ;(await started(2))?.end()
    expect((await next).seq).toBe(2)
  })

  test('fails for those who waited for it, and is computed again for the next', async () => {
    const { get, started } = open()
    const asked = [get(at(1)), get(at(1))].map((one) => one.catch((error: Error) => error.message))
    const late = (await started(1)) && get(at(2))
    ;(await started(1))?.end(new Error('Too slow.'))
    expect(await Promise.all(asked)).toEqual(['Too slow.', 'Too slow.'])
    ;(await started(2))?.end()
    expect((await late)?.seq).toBe(2)
  })

  test('of another epoch is another one, whatever its number', async () => {
    const { get, started } = open()
    const first = get(at(9))
    ;(await started(1))?.end()
    await first
    const second = get(at(1, 'bbbbbbbb'))
    ;(await started(2))?.end()
    expect((await second).text).toBe('as of 1')
  })

  test('leaves when there are too many, the longest unused first', async () => {
    const { computed, get, started } = open({ most: 2_000 })
    const ask = async (key: string, computations: number) => {
      const answer = get(at(1), key)
      ;(await started(computations))?.end()
      await answer
    }
    await ask('a', 1)
    await ask('b', 2)
    await get(at(1), 'a')
    await ask('c', 3)
    await ask('d', 4)
    expect(computed.length).toBe(4)
    await get(at(1), 'd')
    const again = get(at(1), 'b')
    ;(await started(5))?.end()
    await again
    expect(computed.length).toBe(5)
  })
})
