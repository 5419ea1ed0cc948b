import type { Platform } from './platform.ts'
import { around } from './retry.ts'

/** Asks again and again, where no stream tells. */
export interface Poller {
  /** Starts the rounds, or ends them; an answer on its way is dropped when they end. */
  run(on: boolean): void
  /** Asks at once, and counts the next round from here. */
  now(): void
}

const everyMs = 30_000

/**
 * Asks every 30 s ± 20 %, one question at a time.
 *
 * @param ask asks once; resolves to the milliseconds that the server wants to be left alone, or 0
 */
export function createPoller(ask: (signal: AbortSignal) => Promise<number>, platform: Platform): Poller {
  let round: AbortController | undefined
  let asking: AbortController | undefined
  let cancel = () => {}

  function wait(floor: number): void {
    cancel()
    cancel = platform.after(floor + around(everyMs, platform.random), now)
  }

  function now(): void {
    const current = round
    if (!current || current === asking) return
    asking = current
    cancel()
    ask(current.signal).then((floor) => {
      if (current !== round) return
      asking = undefined
      wait(floor)
    })
  }

  return {
    now,
    run(on) {
      if (on === !!round) return
      cancel()
      round?.abort()
      round = on ? new AbortController() : undefined
      if (on) wait(0)
    },
  }
}
