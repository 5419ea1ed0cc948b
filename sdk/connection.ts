import { isDenied, toError } from './errors.ts'
import type { Http } from './http.ts'
import type { Platform } from './platform.ts'
import type { PauseReason } from './pause.ts'
import { createPoller } from './poll.ts'
import type { HkError, Kind } from './protocol.ts'
import { backoff, probe } from './retry.ts'
import { state } from './signals.ts'
import type { ReadonlySignal } from './signals.ts'
import { createMachine, isBridged, step } from './states.ts'
import type { Effect, Input, OuterInput, StateName } from './states.ts'
import { openStream } from './stream.ts'
import type { Message } from './stream.ts'

/** How fresh the client can be, since when, and why not fresher. */
export interface Status {
  readonly state: StateName
  /** Milliseconds since 1970. */
  readonly since: number
  /** Newest position heard of. */
  readonly position?: string | undefined
  /** What went wrong last, while it matters. */
  readonly error?: HkError | undefined
}

/** Where the news of a connection go. */
export interface ConnectionHandler {
  /** The connection is in another state. */
  status(status: Status): void
  /**
   * Reports of these kinds are old, up to a position. Without kinds: those of every kind; without a
   * position: whatever their version.
   */
  dirty(kinds: readonly Kind[] | undefined, position: string | undefined): void
  message(message: Message): void
  /**
   * Reports that failed can be asked again, as the service answers; or `one` of them, to see whether it
   * works where the connection does not.
   */
  recover(one?: boolean): void
  /** Where to continue from while there is no position yet: see `Cache`. */
  oldest(): string | undefined
}

/**
 * What tells a client of changes. The client knows no more of it than this, so one stream for
 * several tabs can take its place.
 */
export interface Connection {
  readonly status: ReadonlySignal<Status>
  /** Whether the service seems to be down: reports that failed then wait for `recover`. */
  down(): boolean
  input(type: OuterInput): void
}

/**
 * Carries out what the state machine says: one stream at most, timers, polling.
 *
 * @param query of the stream's URL: which events to ask for
 */
export function createConnection(
  http: Http,
  platform: Platform,
  query: Record<string, string>,
  paused: PauseReason | undefined,
  handler: ConnectionHandler,
): Connection {
  let machine = createMachine(paused)
  let position: string | undefined
  const status = state<Status>({ state: machine.state, since: platform.now() })
  let cancel = () => {}
  let disconnect = () => {}
  const poller = createPoller(poll, platform)

  const run: Record<Effect, () => void> = { connect, disconnect: () => disconnect(), wait, poll: poller.now }

  function input(input: Input, error?: HkError): void {
    const { machine: next, effects } = step(machine, input, platform.now())
    const before = machine
    machine = next
    if (next.state !== before.state) {
      const bridged = isBridged(next.state)
      const kept = bridged ? status.get().error : undefined
      show({ state: next.state, since: platform.now(), error: error ?? kept })
      poller.run(bridged)
      handler.status(status.get())
      if (!bridged) handler.recover()
    }
    if (next.generation !== before.generation) cancel()
    for (const effect of effects) run[effect]()
  }

  function show(news: Partial<Status>): void {
    status.set({ ...status.get(), ...news, position })
  }

  function wait(): void {
    const { state, generation, failures, strikes, notBefore } = machine
    const floor = Math.max(0, notBefore - platform.now())
    const { random } = platform
    const ms = state === 'polling' ? probe(strikes, random) : backoff(failures, floor, random)
    cancel = platform.after(ms, () => input({ type: 'retry', generation }))
  }

  function connect(): void {
    const { generation } = machine
    const since = position ?? handler.oldest()
    const search = new URLSearchParams(since ? { ...query, last_event_id: since } : query)
    disconnect = openStream(
      (signal) => http.stream(String(search), signal),
      {
        message: (message) => receive(message, since),
        input: (type, floor, error) => input({ type, generation, floor }, error),
      },
      platform,
    )
  }

  function receive(message: Message, since: string | undefined): void {
    const { event, id } = message
    if (event === 'hello') {
      // The head is not ours yet where a replay is to follow: it would be lost if the stream broke now.
      if (since) return handler.message(message)
      handler.dirty(undefined, id)
    }
    if (id) position = id
    if (event === 'analytics.changed') handler.dirty(message.data.kinds, id)
    if (event === 'analytics.resync') handler.dirty(undefined, undefined)
    if (id && event !== 'hello') show({})
    handler.message(message)
  }

  async function poll(signal: AbortSignal): Promise<number> {
    const { generation } = machine
    // Where there is no position yet, or polls do not get through, a report may.
    handler.recover(true)
    const since = position ?? handler.oldest()
    if (!since) return 0
    try {
      const site_id = await http.siteId()
      const changes = await http.changes(since, signal)
      handler.recover()
      if (!changes) return 0
      const { position: id, kinds, resync: reason } = changes
      const at = new Date(platform.now()).toISOString()
      // Polling knows neither how much changed nor since when.
      const data = { site_id, kinds, counts: {}, changed_at: at, bucket_start: at }
      receive(
        reason
          ? { event: 'analytics.resync', id, data: { site_id, kinds, reason } }
          : { event: 'analytics.changed', id, data },
        since,
      )
    } catch (cause) {
      const error = toError(cause)
      if (isDenied(error)) input({ type: 'denied', generation }, error)
      return error.retryAfterMs ?? 0
    }
    return 0
  }

  return {
    status,
    down: () => isBridged(machine.state) && machine.failures + machine.strikes > 0,
    input: (type) => input({ type }),
  }
}
