import { inventVisit, type MadeItem } from './visit.ts'

/** Background traffic that can be switched on and off. */
export interface Traffic extends AsyncDisposable {
  on: boolean
}

/** Settings of {@link startTraffic}. */
export interface TrafficOptions {
  readonly origin: string
  readonly on: boolean
  readonly send: (items: MadeItem[]) => Promise<void>
  readonly random?: () => number
  readonly now?: () => number
  /** Mean milliseconds between two visits. */
  readonly everyMs?: number
}

const tickMs = 400

/**
 * Sends made-up visits as they happen: each begins at a random moment and goes from page to page at
 * the pace of a reader.
 */
export function startTraffic(options: TrafficOptions): Traffic {
  const { origin, send, random = Math.random, now = Date.now, everyMs = 7_000 } = options
  let pending: MadeItem[] = []
  let on = options.on
  let sending: Promise<void> | undefined

  const timer = setInterval(() => {
    if (!on) return
    if (random() < tickMs / everyMs) pending.push(...inventVisit(origin, now(), random))
    const time = now()
    const due = pending.filter((item) => Date.parse(item.at) <= time)
    if (due.length === 0) return
    pending = pending.filter((item) => Date.parse(item.at) > time)
    // What cannot be sent now is made up anyway: it is not tried again.
    sending = send(due).catch(() => undefined)
  }, tickMs)

  return {
    get on() {
      return on
    },
    set on(value) {
      on = value
      if (!on) pending = []
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await sending
    },
  }
}
