import type { Wake } from './wake.ts'

/** Characters of the longest message: Postgres refuses payloads of 8,000 bytes and more. */
const longestPayload = 7_900

/** What one message says: ids of sites with commas between them; nothing at all stands for every site. */
const payloads = /^(?:[a-z0-9-]{1,40}(?:,[a-z0-9-]{1,40})*)?$/

/** The sending half of a {@link Wake}. Disposing sends what waits, or gives up soon. */
export type Gather = Pick<Wake, 'publish'> & AsyncDisposable

/** Times of {@link createGather}, in milliseconds. */
export interface GatherOptions {
  /** What is published within this is sent together. */
  readonly gatherMs?: number
  /** Until a message that could not be sent is tried again, with all that came meanwhile. */
  readonly retryMs?: number
  /** How long disposing waits for the last message. */
  readonly closeMs?: number
}

/**
 * Gathers the sites of wake-ups into messages. What cannot be sent is kept for later: at most as many
 * sites as one message has room for, and beyond that only that it was too many.
 *
 * @param send sends a message, and rejects where that is not possible now
 */
export function createGather(
  send: (payload: string) => Promise<unknown>,
  { gatherMs = 10, retryMs = 500, closeMs = 1_000 }: GatherOptions = {},
): Gather {
  const pending = new Set<string>()
  let length = 0
  let all = false
  let closing = false
  let running: Promise<void> | undefined

  function add(siteIds: readonly string[]): void {
    if (all) return
    for (const id of siteIds) {
      if (!pending.has(id)) length += id.length + 1
      pending.add(id)
    }
    if (length > longestPayload) addAll()
  }

  function addAll(): void {
    pending.clear()
    all = true
  }

  function take(): string {
    const payload = [...pending].join(',')
    pending.clear()
    length = 0
    all = false
    return payload
  }

  async function run(): Promise<void> {
    let wait = gatherMs
    while (all || pending.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      const payload = take()
      try {
        await send(payload)
        wait = gatherMs
      } catch {
        // A wake-up that is lost in the end costs the other nodes a few seconds, no data.
        if (closing) return
        if (payload === '') addAll()
        else add(payload.split(','))
        wait = retryMs
      }
    }
  }

  return {
    publish(siteIds) {
      if (siteIds.length === 0) return
      add(siteIds)
      running ??= run().finally(() => (running = undefined))
    },
    async [Symbol.asyncDispose]() {
      closing = true
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, closeMs)
      await Promise.race([running, promise])
      clearTimeout(timer)
    },
  }
}

/**
 * Reads a message and hands on the sites that it names, or `undefined` where it means all. What is no
 * message of ours is left out: anyone who reaches the bus may write to it.
 */
export function readPayload(payload: string, wake: Parameters<Wake['subscribe']>[0]): void {
  if (payload.length > longestPayload || !payloads.test(payload)) return
  wake(payload === '' ? undefined : payload.split(','))
}
