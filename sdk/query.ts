import { isDenied, isTransient, toError } from './errors.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { findMoved } from './movement.ts'
import type { Platform } from './platform.ts'
import { parsePosition, reportMaxAge } from './protocol.ts'
import type { Answer, HkError, Position, ReportData, ReportName } from './protocol.ts'
import { backoff } from './retry.ts'
import { state } from './signals.ts'
import type { ReadonlySignal } from './signals.ts'

/**
 * How a report stands. `loading`: asked for loudly, nothing current to show; `refreshing`: asked for
 * quietly, the old data stays; `stale`: the last refresh failed, the old data stays; `error`: nothing to
 * show; `denied`: 401, 403, 404 or 410.
 */
export type LoadState = 'idle' | 'loading' | 'refreshing' | 'ready' | 'stale' | 'error' | 'denied'

/** A new answer, what was shown before, and what moved between them. */
export interface Update<N extends ReportName> {
  answer: Answer<N>
  data: ReportData[N]
  previous: ReportData[N] | undefined
  changed: ReadonlySet<string>
}

/** A type alias rather than an interface, as the emitter indexes it. */
export type QueryEvents<N extends ReportName> = { update: Update<N> }

/** One question to one report, shared by all who ask it: its answer, and when to ask again. */
export interface Query<N extends ReportName = ReportName> {
  readonly report: N
  readonly answer: ReadonlySignal<Answer<N> | undefined>
  readonly state: ReadonlySignal<LoadState>
  readonly error: ReadonlySignal<HkError | undefined>
  readonly changed: ReadonlySignal<ReadonlySet<string>>
  readonly on: Events<QueryEvents<N>>['on']
  /** The answer is old up to a position, or whatever its version. Asked again while somebody reads. */
  dirty(position: Position | undefined): void
  /** Whether somebody reads it. The first reader starts it, the last stops it. */
  read(reading: boolean): void
  /** Whether a request is on its way. */
  busy(): boolean
  /** Fetching is possible again. */
  resume(): void
  /** Asks again at once, and shows that. */
  reload(): Promise<void>
}

/** What a query needs from its client. */
export interface QueryContext {
  platform: Platform
  paused(): boolean
  /** Window over which the server wants refreshes to be spread, in milliseconds. */
  spreadMs(): number
}

const nothing: ReadonlySet<string> = new Set()

/** After the first sign of change, so that a burst is one request. */
const gatherMs = 250
/** Between the starts of two quiet requests. */
const spacingMs = 1_000

function covers(version: string, position: Position): boolean {
  const own = parsePosition(version)
  return own !== undefined && own.epoch === position.epoch && own.seq >= position.seq
}

/** Makes a query; nothing is asked until somebody reads it. */
export function createQuery<N extends ReportName>(
  report: N,
  ask: (signal: AbortSignal) => Promise<Answer<N>>,
  { platform, paused, spreadMs }: QueryContext,
): Query<N> {
  const { now, after, random } = platform
  const answer = state<Answer<N> | undefined>(undefined)
  const phase = state<LoadState>('idle')
  const error = state<HkError | undefined>(undefined)
  const changed = state(nothing)
  const events = createEvents<QueryEvents<N>>()
  const maxAge = reportMaxAge[report]

  let reading = false
  let flight: AbortController | undefined
  let pending: (() => void) | undefined
  let cancelAge = () => {}
  let old = false
  /**
   * Newest position that the answer has to reach. A shorter answer is asked for again once, and then
   * taken: an answer from a cache is as fresh as its kinds need, and may name an older position.
   */
  let wanted: Position | undefined
  let retried = false
  let startedAt = -Infinity
  let notBefore = 0
  let failures = 0
  /** Set where asking again is in vain until the question, the credential or a person says otherwise. */
  let blocked = false

  // A signal never moves a refresh that is already due: under steady traffic it would never come.
  function schedule(ms: number): void {
    if (pending || flight || blocked || !reading || !(old || wanted)) return
    const due = Math.max(now() + ms, startedAt + spacingMs, notBefore)
    pending = after(due - now(), () => {
      pending = undefined
      if (!paused()) start(false)
    })
  }

  function unschedule(): void {
    pending?.()
    pending = undefined
  }

  async function start(loud: boolean): Promise<void> {
    unschedule()
    cancelAge()
    flight?.abort()
    const current = (flight = new AbortController())
    startedAt = now()
    old = blocked = false
    if (loud) phase.set('loading')
    else if (answer.get()) phase.set('refreshing')
    try {
      const next = await ask(current.signal)
      if (flight === current) arrive(next, loud)
    } catch (cause) {
      if (flight === current) fail(toError(cause))
    }
  }

  function arrive(next: Answer<N>, loud: boolean): void {
    const before = answer.get()
    const moved = before && !loud ? findMoved(report, before.data, next.data) : nothing
    flight = undefined
    failures = notBefore = 0
    if (wanted && (retried || covers(next.version, wanted))) wanted = undefined
    retried = true
    // The cache of the browser answered: what is on screen need not be drawn again.
    const same = before?.version === next.version && before.generated_at === next.generated_at
    error.set(undefined)
    changed.set(moved.size > 0 ? moved : nothing)
    if (!same) answer.set(next)
    phase.set('ready')
    if (maxAge) {
      cancelAge = after(maxAge * 1_000, () => {
        old = true
        schedule(0)
      })
    }
    const { data } = next
    if (!same) events.emit('update', { answer: next, data, previous: before?.data, changed: moved })
    schedule(0)
  }

  function fail(cause: HkError): void {
    flight = undefined
    error.set(cause)
    phase.set(isDenied(cause) ? 'denied' : answer.get() ? 'stale' : 'error')
    old = true
    blocked = !isTransient(cause)
    const floor = cause.retryAfterMs ?? 0
    notBefore = now() + floor
    schedule(backoff(++failures, floor, random))
  }

  return {
    report,
    answer,
    state: phase,
    error,
    changed,
    on: events.on,
    dirty(position) {
      if (!position) {
        old = true
        blocked = false
      } else if (!(wanted && wanted.epoch === position.epoch && wanted.seq >= position.seq)) {
        const version = answer.get()?.version
        if (!flight && version && covers(version, position)) return
        wanted = position
        retried = false
      }
      schedule(gatherMs + random() * spreadMs())
    },
    read(on) {
      if (on === reading) return
      reading = on
      if (on) {
        old ||= !answer.get() || maxAge !== undefined
        if (answer.get() && !blocked) return schedule(0)
        phase.set('loading')
        blocked = false
        if (!paused()) start(true)
        return
      }
      unschedule()
      cancelAge()
      if (flight) {
        flight.abort()
        flight = undefined
        old = true
      }
      if (!answer.get()) phase.set('idle')
    },
    busy: () => flight !== undefined,
    resume() {
      unschedule()
      schedule(gatherMs)
    },
    reload: () => start(true),
  }
}
