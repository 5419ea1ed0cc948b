import { isDenied, toError } from './errors.ts'
import type { Http } from './http.ts'
import type { Note } from './notes.ts'
import type { Platform } from './platform.ts'
import type { PauseReason } from './pause.ts'
import { createPoller } from './poll.ts'
import { parsePosition } from './protocol.ts'
import type { HkError, Kind } from './protocol.ts'
import { reaches } from './query.ts'
import { backoff, probe } from './retry.ts'
import { state } from './signals.ts'
import type { ReadonlySignal } from './signals.ts'
import { createMachine, isBridged, isTrying, step } from './states.ts'
import type { Effect, Input, OuterInput, StateName } from './states.ts'
import { openStream } from './stream.ts'
import type { Message } from './stream.ts'
import { createTabs } from './tabs.ts'

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

/** What tells a client of changes: a stream of its own, or the tab that holds one for all. */
export interface Connection {
  readonly status: ReadonlySignal<Status>
  /** Whether the service seems to be down: reports that failed then wait for `recover`. */
  down(): boolean
  input(type: OuterInput): void
}

/** A tab that is denied holds the lock so long, so that the others hear of it before they try. */
const farewellMs = 250

/** The same as `reaches`, of positions as they are sent. */
function covers(own = '', position = ''): boolean {
  return reaches(parsePosition(own), parsePosition(position))
}

/**
 * Carries out what the state machine says: one stream at most, timers, polling. Where another tab
 * leads, it shows the states of that one, and passes on what is told.
 *
 * @param query of the stream's URL: which events to ask for
 * @param name under which tabs share a stream; without one, this tab has its own
 */
export function createConnection(
  http: Http,
  platform: Platform,
  query: Record<string, string>,
  paused: PauseReason | undefined,
  handler: ConnectionHandler,
  name?: () => Promise<string>,
): Connection {
  let machine = createMachine(paused)
  let position: string | undefined
  let leading = !name
  /** The newest of each, for tabs that join. */
  let hello: (Message & { event: 'hello' }) | undefined
  let helloAt = 0
  let live: Message | undefined
  const status = state<Status>({ state: machine.state, since: platform.now() })
  let cancel = () => {}
  let disconnect = () => {}
  const poller = createPoller(poll, platform)
  const tabs = name && createTabs(name, platform, { lead, follow, hear, answer })

  const run: Record<Effect, () => void> = { connect, disconnect: () => disconnect(), wait, poll: poller.now }

  function input(input: Input, error?: HkError): void {
    const { machine: next, effects } = step(machine, input, platform.now())
    if (next.generation !== machine.generation) cancel()
    machine = next
    poller.run(leading && isBridged(next.state))
    if (leading) for (const effect of effects) run[effect]()
    turn(platform.now(), error)
  }

  /** Shows the state that the machine has come to, and takes part among the tabs, or no more. */
  function turn(since: number, error: HkError | undefined): void {
    const { state } = machine
    if (state === status.get().state) return
    if (isTrying(state)) tabs?.join()
    else if (tabs && leading && state === 'unauthorized') cancel = platform.after(farewellMs, leave)
    else leave()
    const bridged = isBridged(state)
    show({ state, since, error: error ?? (bridged ? status.get().error : undefined) })
    tell()
    handler.status(status.get())
    if (!bridged) handler.recover()
  }

  function show(news: Partial<Status>): void {
    status.set({ ...status.get(), ...news, position })
  }

  function leave(): void {
    leading = !tabs
    tabs?.leave()
  }

  /** Takes over: goes on from its own position, as soon as the service allows. */
  function lead(): void {
    leading = true
    machine = { ...machine, state: 'idle' }
    input({ type: 'start' })
  }

  /** Ends what a leader does. */
  function follow(): void {
    leading = false
    cancel()
    disconnect()
    poller.run(false)
  }

  function tell(news: Partial<Note> = {}, to?: number): void {
    const { since, error } = status.get()
    if (leading) tabs?.tell({ ...machine, since, error, ...news }, to)
  }

  function hear({ state, failures, strikes, notBefore, since, error, message, from, ...note }: Note): void {
    machine = { ...machine, state, failures, strikes, notBefore }
    turn(since, error)
    if (message) receive(message, from)
    if (note.recover !== undefined) handler.recover(note.recover)
  }

  function answer(to: number): void {
    let greeting: Message = { event: 'ping', data: {}, id: position }
    if (hello) {
      const time = new Date(Date.parse(hello.data.server_time) + platform.now() - helloAt)
      greeting = { ...hello, data: { ...hello.data, server_time: time.toJSON() }, id: position }
    }
    tell({ message: greeting, from: position }, to)
    if (live) tell({ message: live, from: position }, to)
  }

  function recover(one = false): void {
    handler.recover(one)
    tell({ recover: one })
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
        message(message) {
          // A position that did not arrive, as a proxy took it out, is not continued from.
          const lost = message.event === 'hello' && !message.data.recovered
          receive(message, lost ? undefined : (position ?? since))
        },
        input(type, floor, error) {
          // A token that was revoked may have been rotated: the next attempt asks for another one.
          const renewed = type === 'denied' && http.renews && error?.code === 'gone'
          input({ type: renewed ? 'failed' : type, generation, floor }, error)
        },
      },
      platform,
    )
  }

  /** @param from position up to which everything was told before */
  function receive(message: Message, from: string | undefined): void {
    const { event, data, id } = message
    const whole = leading ? from !== undefined : covers(position, from)
    tell({ message, from })
    if (event === 'hello') {
      hello = message
      helloAt = platform.now()
      if (whole) {
        // The head is not ours yet where a replay is to follow: it would be lost if the stream broke now.
        position ??= from
        return handler.message(message)
      }
    }
    if (event === 'live') live = message
    if (event === 'analytics.resync') handler.dirty(undefined, undefined)
    else if (id && !whole) handler.dirty(undefined, id)
    else if (event === 'analytics.changed') handler.dirty(data.kinds, id)
    if (id && (event === 'analytics.resync' || !covers(position, id))) {
      position = id
      show({})
    }
    handler.message(message)
  }

  async function poll(signal: AbortSignal): Promise<number> {
    const { generation } = machine
    // Where there is no position yet, or polls do not get through, a report may.
    recover(true)
    const since = position ?? handler.oldest()
    if (!since) return 0
    try {
      const site_id = await http.siteId()
      const changes = await http.changes(since, signal)
      recover()
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
