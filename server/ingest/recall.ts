import { HkError } from '@hk-live/sdk/protocol'
import { createElapsed } from '../elapsed.ts'
import { isTransient } from '../store/index.ts'
import { isLate, within } from './patience.ts'

/** Settings of {@link createRecall}. */
export interface RecallOptions<T> {
  /** Reads a value from the database; `undefined` where there is none. */
  readonly read: (key: string) => Promise<T | undefined>
  readonly now: () => number
  /** Milliseconds that a value is taken as it is. */
  readonly freshMs: number
  /** Milliseconds that it will do while the database is away. */
  readonly staleMs: number
  /** Values that are kept. */
  readonly most: number
  /** Milliseconds to wait for the database. */
  readonly patienceMs?: number
}

/** Milliseconds between two questions to a database that is away. */
const againMs = 1_000

/**
 * Remembers what the database said, so that a burst asks once, and known values are there while it is away. That
 * there is no value is believed only as long as it is fresh: one may have been made since.
 *
 * The function that is returned throws {HkError} `unavailable` where the database is away and the key is not
 * known.
 */
export function createRecall<T>(options: RecallOptions<T>): (key: string) => Promise<T | undefined> {
  const { read, freshMs, staleMs, most, patienceMs = 2_000 } = options
  const elapsed = createElapsed(options.now)
  /** In the order of reading. */
  const known = new Map<string, { readonly value: T; readonly readAt: number }>()
  const absent = new Map<string, number>()
  const reading = new Map<string, Promise<T | undefined>>()
  let quietUntil = Number.NEGATIVE_INFINITY
  let reason: unknown

  function ask(key: string): Promise<T | undefined> {
    const asked = reading.get(key)
    if (asked !== undefined) return asked
    const answer = read(key)
      .then((value) => {
        keep(key, value)
        return value
      })
      .finally(() => reading.delete(key))
    reading.set(key, answer)
    return answer
  }

  function keep(key: string, value: T | undefined): void {
    quietUntil = Number.NEGATIVE_INFINITY
    known.delete(key)
    if (value === undefined) {
      // Names that somebody makes up must not push out those that are.
      if (absent.size >= most) absent.clear()
      absent.set(key, elapsed())
      return
    }
    absent.delete(key)
    known.set(key, { value, readAt: elapsed() })
    for (const [oldest, { readAt }] of known) {
      if (known.size <= most && elapsed() - readAt < staleMs) break
      known.delete(oldest)
    }
  }

  return async (key) => {
    const held = known.get(key)
    const age = elapsed() - (held?.readAt ?? Number.NEGATIVE_INFINITY)
    if (held !== undefined && age < freshMs) return held.value
    if (elapsed() - (absent.get(key) ?? Number.NEGATIVE_INFINITY) < freshMs) return undefined
    const usable = age < staleMs ? held : undefined
    if (elapsed() >= quietUntil) {
      try {
        return await within(ask(key), patienceMs)
      } catch (error) {
        if (!isTransient(error) && !isLate(error)) throw error
        quietUntil = elapsed() + againMs
        reason = error
      }
    }
    if (usable !== undefined) return usable.value
    throw new HkError('unavailable', 'The database is away. Try again soon.', { retryAfterMs: 5_000, cause: reason })
  }
}
