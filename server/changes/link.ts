import { setTimeout as pause } from 'node:timers/promises'
import { createGather, type GatherOptions, readPayload } from './gather.ts'
import { createElapsed } from '../elapsed.ts'
import type { Wake } from './wake.ts'

/** A connection to a bus that hears and sends messages. */
export interface Link extends AsyncDisposable {
  /** Rejects where a message cannot be sent now. */
  publish(payload: string): Promise<unknown>
  /** Resolves when the connection is over, to the error that ended it where there is one. Never rejects. */
  readonly over: Promise<unknown>
}

/** Connects once and listens; rejects where the bus is away or does not let us in. */
export type OpenLink = (received: (payload: string) => void) => Promise<Link>

/** Settings of {@link createLinkWake}. */
export interface LinkOptions extends GatherOptions {
  /** What the bus is called in messages: no password in it. */
  readonly name: string
  /** Told that the bus is away and why, and that it is back; at most once in half a minute. */
  readonly report?: ((message: string) => void) | undefined
  readonly now?: () => number
  readonly random?: () => number
}

const quietMs = 30_000
const shortestWaitMs = 100
const longestWaitMs = 2_000

/**
 * Wakes over a bus that may come and go: connects now and whenever the connection is over, and tells
 * subscribers each time that they may have missed something. Never throws; while the bus is away, what
 * is published waits.
 */
export function createLinkWake(open: OpenLink, options: LinkOptions): Wake {
  const { name, report = () => undefined, random = Math.random, ...timings } = options
  const elapsed = createElapsed(options.now)
  const subscribers = new Set<Parameters<Wake['subscribe']>[0]>()
  const closing = new AbortController()
  const { signal } = closing
  let link: Link | undefined
  let reported = false
  let quietUntil = -Infinity

  /** Gives up the message that is under way: once the connection is over it may never be answered. */
  let giveUp: (error: Error) => void = () => undefined

  function send(payload: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    giveUp = reject
    if (link === undefined) reject(new Error(`${name} is away.`))
    else link.publish(payload).then(resolve, reject)
    return promise
  }

  const gather = createGather(send, timings)

  function tell(siteIds: readonly string[] | undefined): void {
    for (const wake of subscribers) wake(siteIds)
  }

  function tellAway(error: unknown): void {
    if (signal.aborted || elapsed() < quietUntil) return
    quietUntil = elapsed() + quietMs
    reported = true
    const reason = error instanceof Error ? error.message : 'the connection ended'
    report(`${name} is away (${reason.replace(/\.$/, '')}): other nodes hear of changes a few seconds late.`)
  }

  async function connect(): Promise<void> {
    try {
      await using opened = await open((payload) => readPayload(payload, tell))
      if (signal.aborted) return
      link = opened
      if (reported) report(`${name} is back.`)
      reported = false
      tell(undefined)
      tellAway(await opened.over)
    } catch (error) {
      tellAway(error)
    } finally {
      link = undefined
      giveUp(new Error(`${name} went away.`))
    }
  }

  async function hold(): Promise<void> {
    for (let wait = shortestWaitMs; !signal.aborted; wait = Math.min(wait * 2, longestWaitMs)) {
      const since = elapsed()
      await connect()
      if (elapsed() - since > longestWaitMs) wait = shortestWaitMs
      await pause(wait * (0.5 + 0.5 * random()), undefined, { signal }).catch(() => undefined)
    }
  }

  const holding = hold()

  return {
    publish: gather.publish,
    async subscribe(wake) {
      subscribers.add(wake)
      if (link !== undefined) wake(undefined)
      return async () => {
        subscribers.delete(wake)
      }
    },
    async [Symbol.asyncDispose]() {
      await gather[Symbol.asyncDispose]()
      closing.abort()
      if (link === undefined) return
      await link[Symbol.asyncDispose]()
      await holding
    },
  }
}
