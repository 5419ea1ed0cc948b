/**
 * The states of a connection, as data: states × inputs → next state and effects. Nothing here waits
 * or asks; see `connection.ts` for what carries the effects out.
 *
 *                    start                 hello
 *       ┌──────┐ ──────────► ┌────────────┐ ──────► ┌──────┐
 *       │ idle │             │ connecting │         │ live │
 *       └──────┘ ◄─ stop ─   └────────────┘ ◄─ woke └──────┘
 *                             ▲  │ failed, mute, woke  │ failed, mute
 *                       retry │  ▼                     │
 *                            ┌─────────┐ ◄─────────────┘
 *                            │ backoff │ ── at the second mute ──► ┌─────────┐
 *                            └─────────┘     connecting ◄─ retry ─ │ polling │
 *                                                                  └─────────┘
 *       any of these ── hidden, offline ──► ┌───────────────────┐ ── resumed ──► connecting
 *                                           │ hidden or offline │
 *       any of these ── denied ──►          └───────────────────┘
 *                          unauthorized ── start ──► connecting
 *       any ── close ──► closed, for good
 *
 * @module
 */

import type { PauseReason } from './pause.ts'

/** What a connection is doing. `unauthorized`: it stopped, as the credential or the site is not accepted. */
export type StateName =
  | 'idle'
  | 'connecting'
  | 'live'
  | 'polling'
  | 'backoff'
  | 'hidden'
  | 'offline'
  | 'unauthorized'
  | 'closed'

/** Inputs that come from outside. */
export type OuterInput = 'start' | 'stop' | 'close' | 'resumed' | PauseReason

/**
 * Inputs that come from an attempt or a timer, and count only while it is the current one.
 * `healthy`: bytes still came 10 s after `hello`; `mute`: no `hello`, or silence; `woke`: the
 * machine slept; `unsupported`: bodies cannot be streamed here.
 */
export type InnerInput =
  | 'hello'
  | 'healthy'
  | 'failed'
  | 'mute'
  | 'unsupported'
  | 'denied'
  | 'retry'
  | 'woke'

/** One input. `floor`: milliseconds before which the server does not want to see us again. */
export type Input =
  | { type: OuterInput }
  | { type: InnerInput; generation: number; floor?: number | undefined }

/** What has to be done; the current attempt or timer of the old state ends automatically. */
export type Effect = 'disconnect' | 'connect' | 'wait' | 'poll'

/** All that the next state depends on. */
export interface Machine {
  readonly state: StateName
  /** Number of the current attempt or timer; whatever carries another number is too late. */
  readonly generation: number
  /** Failures since the last healthy stream. */
  readonly failures: number
  /** Mute attempts since the last healthy stream; from 2 on, streams do not get through here. */
  readonly strikes: number
  readonly paused: PauseReason | undefined
  /** Time before which the server does not want to see us, in milliseconds since 1970. */
  readonly notBefore: number
}

/** Where an input leads; from states that are not named, nowhere. */
type Row = Readonly<Partial<Record<StateName, StateName>>>

const trying: StateName[] = ['connecting', 'live', 'polling', 'backoff']
const started: StateName[] = [...trying, 'hidden', 'offline', 'unauthorized']

function go(to: StateName, ...from: StateName[]): Row {
  return Object.fromEntries(from.map((state) => [state, to]))
}

const table: Readonly<Record<OuterInput | InnerInput, Row>> = {
  start: go('connecting', 'idle', 'unauthorized'),
  stop: go('idle', ...started),
  hello: go('live', 'connecting'),
  healthy: {},
  failed: go('backoff', 'connecting', 'live'),
  mute: go('backoff', 'connecting', 'live'),
  unsupported: go('backoff', 'connecting'),
  denied: go('unauthorized', ...trying),
  retry: go('connecting', 'polling', 'backoff'),
  // A try begins anew after a short wait, as a move leads to another state; it was no failure.
  woke: { ...go('connecting', 'live'), ...go('backoff', 'connecting') },
  hidden: go('hidden', ...trying, 'offline'),
  offline: go('offline', ...trying, 'hidden'),
  resumed: go('connecting', 'hidden', 'offline', 'backoff'),
  close: go('closed', 'idle', ...started),
}

/** The machine of a new client. */
export function createMachine(paused?: PauseReason): Machine {
  return { state: 'idle', generation: 0, failures: 0, strikes: 0, paused, notBefore: 0 }
}

/** Whether a stream is open, or being opened. */
export function isActive(state: StateName): boolean {
  return state === 'connecting' || state === 'live'
}

/** Whether a stream is held, or will be tried again automatically. */
export function isTrying(state: StateName): boolean {
  return trying.includes(state)
}

/** Whether polling has to do what the stream does not. */
export function isBridged(state: StateName): boolean {
  return state === 'connecting' || state === 'backoff' || state === 'polling'
}

/** The counters after an input. */
function count(machine: Machine, input: Input, now: number): Machine {
  switch (input.type) {
    case 'hidden':
    case 'offline':
      return { ...machine, paused: input.type }
    case 'resumed':
      return { ...machine, paused: undefined }
    case 'healthy':
      return { ...machine, failures: 0, strikes: 0, notBefore: 0 }
    case 'unsupported':
      return { ...machine, strikes: Infinity }
    case 'mute':
    case 'failed':
      return {
        ...machine,
        failures: machine.failures + 1,
        strikes: machine.strikes + (input.type === 'mute' ? 1 : 0),
        // Without a floor the retry is not held back, even where the clock is set back.
        notBefore: input.floor ? now + input.floor : 0,
      }
    default:
      return machine
  }
}

/** Where a move leads once the counters are looked at. */
function settle(to: StateName, machine: Machine, input: Input, now: number): StateName {
  const { paused, strikes, notBefore } = machine
  if (to === 'connecting') {
    if (paused) return paused
    if (strikes > 1 && input.type !== 'retry') return 'polling'
    if (now < notBefore) return 'backoff'
  }
  return to === 'backoff' && strikes > 1 ? 'polling' : to
}

/** The machine after an input, and what has to be done for it. */
export function step(
  machine: Machine,
  input: Input,
  now: number,
): { machine: Machine; effects: readonly Effect[] } {
  if ('generation' in input && input.generation !== machine.generation) return { machine, effects: [] }
  const counted = count(machine, input, now)
  const to = table[input.type][machine.state] ?? machine.state
  if (to === machine.state) return { machine: counted, effects: [] }

  const state = settle(to, counted, input, now)
  // The attempt that said hello goes on; every other move ends what was going on.
  if (state === 'live') return { machine: { ...counted, state }, effects: [] }
  const effects: Effect[] = isActive(machine.state) ? ['disconnect'] : []
  if (state === 'connecting') effects.push('connect')
  if (state === 'polling') effects.push('poll')
  if (state === 'backoff' || state === 'polling') effects.push('wait')
  return { machine: { ...counted, state, generation: machine.generation + 1 }, effects }
}
