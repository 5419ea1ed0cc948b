import type { HkError } from '@hk-live/sdk'
import type { ReactiveControllerHost } from 'lit'
import type { Scope } from '../element/scope.ts'
import { Countdown } from './countdown.ts'

/** Passwords that were held back are retried automatically so often: a link under attack may stay shut for long. */
const maxRetries = 5
/** Milliseconds to wait where the service does not say how long. */
const defaultWaitMs = 5_000

/** Whether a share link asks for its password, and how long one has to wait as too many were tried. */
export class Lock {
  #wait: Countdown
  #closed = false
  #retries = 0

  constructor(host: ReactiveControllerHost & Element) {
    this.#wait = new Countdown(host)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Seconds until the next password is looked at; 0 where it is at once. */
  get waitSeconds(): number {
    return this.#wait.seconds
  }

  /** Nothing is asked for any more. */
  open(): void {
    this.#closed = false
    this.#retries = 0
    this.#wait.stop()
  }

  /** A reader gives a password: it is tried again as often as the first. */
  give(): void {
    this.#retries = 0
  }

  /** Takes in why a link was not opened. @param retry called after the wait, where there is one */
  fail(error: HkError, { share, password }: Scope, retry: () => void): void {
    const held = error.code === 'rate_limited' && password !== undefined
    this.#closed = share !== undefined && (held || error.code === 'unauthorized')
    this.#wait.stop()
    if (!this.#closed || !held) return
    this.#retries += 1
    this.#wait.start(error.retryAfterMs ?? defaultWaitMs, () => this.#retries <= maxRetries && retry())
  }
}
