import { HkError } from '@hk-live/sdk/protocol'

/** Something took longer than it was waited for. It may still come to its end, one way or the other. */
class LateError extends Error {
  override readonly name = 'LateError'
}

/**
 * Waits for a promise, but not for ever.
 *
 * @throws what it throws, or an error that {@link isLate} tells
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new LateError(`it did not answer for ${ms / 1_000} s`)), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether {@link within} did not wait any longer. */
export function isLate(error: unknown): boolean {
  return error instanceof LateError
}

/**
 * Waits for what only the database can tell, as long as a sender should be kept waiting.
 *
 * @throws what it throws, or {HkError} `unavailable`
 */
export async function inTime<T>(promise: Promise<T>, ms = 5_000): Promise<T> {
  try {
    return await within(promise, ms)
  } catch (error) {
    if (!isLate(error)) throw error
    throw new HkError('unavailable', 'The database does not answer. Try again soon.', { retryAfterMs: 5_000 })
  }
}
