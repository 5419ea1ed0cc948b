import { isDenied, isTransient, toError } from './errors.ts'
import { createEvents } from './events.ts'
import type { Events } from './events.ts'
import { lifeOf } from './lifetime.ts'
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
  /**
   * Asking may work again: what is due is asked for within half a second and the window of the server,
   * whatever the back-off. Looks at the clock, too, which may have jumped.
   *
   * @returns whether it is read, and is asked again because it failed
   */
  resume(): boolean
  /** Asks again at once, and shows that. */
  reload(): Promise<void>
}

/** What a query needs from its client. */
export interface QueryContext {
  platform: Platform
  /** Whether to ask after so many failures; what failed waits for `resume` while the service is down. */
  open(failures: number): boolean
  /** Called where an answer tells that the service is not down. */
  recover(): void
  /** What the server told of itself last. */
  server: Readonly<Server>
}

/** Milliseconds. */
export interface Server {
  /** Window over which the server wants refreshes to be spread. */
  spreadMs: number
  /** What its clock is ahead of ours. */
  skewMs: number
}

const nothing: ReadonlySet<string> = new Set()

/** After the first sign of change, so that a burst is one request. */
const gatherMs = 250
/** Between the starts of two quiet requests. */
const spacingMs = 1_000
/** Over which refreshes are spread when a bucket ends, from a second later on, as clocks differ. */
const turnMs = 10_000

/** Whether all up to a position is known where `own` is. */
export function reaches(own: Position | undefined, position: Position | undefined): boolean {
  return !!position && own?.epoch === position.epoch && own.seq >= position.seq
}

/** Makes a query; nothing is asked until somebody reads it. */
export function createQuery<N extends ReportName>(
  report: N,
  ask: (signal: AbortSignal) => Promise<Answer<N>>,
  { platform, open, recover, server }: QueryContext,
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
  let dueAt = 0
  let cancelAge = () => {}
  let old = false
  /**
   * Newest position that the answer has to reach. A shorter answer is asked for again once, and then
   * taken: an answer from a cache is as fresh as its kinds need, and may name an older position.
   */
  let wanted: Position | undefined
  let reached: Position | undefined
  let retried = false
  let startedAt = -Infinity
  let arrivedAt = 0
  let floor = 0
  let failures = 0
  /** Whether a commit has brought a retry forward since the last answer: once, as it may fail for another reason. */
  let hurried = false
  /** Set by `resume` after failures: the next request goes out though the service seems to be down. */
  let resumed = false
  /** Set where asking again is in vain until the question, the credential or a person says otherwise. */
  let blocked = false

  // A signal never puts a refresh off that is already due: under steady traffic it would never come.
  function schedule(ms: number, hurry = false): void {
    if (flight || blocked || !reading || !(old || wanted)) return
    // A clock that was set back would hold it up until it has caught up with the last start.
    const due = Math.max(now() + ms, Math.min(now(), startedAt) + Math.max(spacingMs, floor))
    if (pending && !(hurry && due < dueAt)) return
    unschedule()
    dueAt = due
    pending = after(due - now(), () => {
      pending = undefined
      if (open(resumed ? 0 : failures)) start(false)
    })
  }

  function unschedule(): void {
    pending?.()
    pending = undefined
  }

  /** Waits for the time at which the clock makes the answer old. */
  function watchClock(): void {
    cancelAge()
    const latest = answer.get()
    if (!latest || flight) return
    const life = maxAge
      ? maxAge * 1_000
      : lifeOf(latest.range, arrivedAt + server.skewMs) + spacingMs + random() * (turnMs + server.spreadMs)
    if (life === Infinity) return
    cancelAge = after(Math.min(life, arrivedAt + life - now()), () => {
      old = true
      schedule(0)
    })
  }

  async function start(loud: boolean): Promise<void> {
    unschedule()
    cancelAge()
    flight?.abort()
    const current = (flight = new AbortController())
    startedAt = now()
    old = blocked = resumed = false
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
    const back = !open(failures)
    flight = undefined
    failures = floor = 0
    hurried = false
    arrivedAt = now()
    reached = parsePosition(next.version)
    if (wanted && (retried || reaches(reached, wanted))) wanted = undefined
    retried = true
    // The cache of the browser answered: what is on screen need not be drawn again.
    const same = before?.version === next.version && before.generated_at === next.generated_at
    error.set(undefined)
    changed.set(moved.size ? moved : nothing)
    if (!same) answer.set(next)
    phase.set('ready')
    watchClock()
    const { data } = next
    if (!same) events.emit('update', { answer: next, data, previous: before?.data, changed: moved })
    schedule(0)
    if (back) recover()
  }

  function fail(cause: HkError): void {
    flight = undefined
    error.set(cause)
    phase.set(isDenied(cause) ? 'denied' : answer.get() ? 'stale' : 'error')
    old = true
    blocked = !isTransient(cause)
    floor = cause.retryAfterMs ?? 0
    // What was asked for counts from the answer.
    if (floor) startedAt = now()
    failures += 1
    schedule(resumed ? 0 : backoff(failures, floor, random))
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
        wanted = undefined
      } else if (!reaches(wanted, position)) {
        if (!flight && reaches(reached, position)) return
        wanted = position
        retried = false
      }
      // What was stored shows that the store, which was away, is back: no back-off need be waited for.
      const hurry = !hurried && error.get()?.code === 'unavailable'
      hurried ||= hurry
      schedule(gatherMs + random() * server.spreadMs, hurry)
    },
    read(on) {
      if (on === reading) return
      reading = on
      if (on) {
        old ||= !answer.get() || !!maxAge
        watchClock()
        if (answer.get() && !blocked) return schedule(0)
        phase.set('loading')
        blocked = false
        if (open(0)) start(true)
        return
      }
      unschedule()
      cancelAge()
      flight?.abort()
      old ||= !!flight
      flight = undefined
      if (!answer.get()) phase.set('idle')
    },
    busy: () => !!flight,
    resume() {
      if (!reading) return false
      watchClock()
      resumed = failures > 0
      if (resumed) unschedule()
      schedule(random() * (2 * gatherMs + server.spreadMs))
      return resumed && !blocked
    },
    reload: () => start(true),
  }
}
