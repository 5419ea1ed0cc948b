/**
 * What tabs tell each other. Each letter is checked before it counts, as every script of the origin
 * can write on the channel.
 *
 * @module
 */

import { isRecord } from './errors.ts'
import { errorCodes, HkError, parsePosition } from './protocol.ts'
import { isTrying } from './states.ts'
import type { Machine, StateName } from './states.ts'
import { parseMessage } from './stream.ts'
import type { Message } from './stream.ts'

/** What the leader tells: how its connection stands, and what it has just heard. */
export interface Note extends Pick<Machine, 'state' | 'failures' | 'strikes' | 'notBefore'> {
  /** Since when it stands so, in milliseconds since 1970, and why. */
  readonly since: number
  readonly error?: HkError | undefined
  readonly message?: Message | undefined
  /** Position up to which everything was told before the message. */
  readonly from?: string | undefined
  /** Reports that failed can be asked again; `true`: one of them. */
  readonly recover?: boolean | undefined
}

/** A note with its sender and receiver. */
export interface Letter extends Note {
  /** Number of the tab that asked; set also where the note only says again how the leader stands. */
  readonly to: number | undefined
  /** Whether the sender holds the lock. */
  readonly locked: boolean
}

/** Lists that the data of an event must have. */
const lists: Readonly<Record<string, string>> = { 'analytics.changed': 'kinds', visit: 'visits' }

/** Whether a value is a position, or left out. */
function isPlace(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && !!parsePosition(value))
}

/** The number that a value is; 0 where it is none that counts something. */
function toNumber(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}

function readMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined
  const { event, data, id } = value
  if (typeof event !== 'string' || typeof data !== 'string' || !isPlace(id)) return undefined
  const message = parseMessage(event, data, id)
  const content: object = message?.data ?? {}
  const list = lists[event]
  return list && !Array.isArray(Reflect.get(content, list)) ? undefined : message
}

/** Writes a letter as something that can be cloned: data as text, and errors, which would lose their code. */
export function writeLetter({ error, message, ...rest }: Letter): unknown {
  return {
    ...rest,
    error: error && [error.code, error.message],
    message: message && { ...message, data: JSON.stringify(message.data) },
  }
}

/** Reads a letter; `undefined` where it is not one. */
export function readLetter(value: Readonly<Record<string, unknown>>): Letter | undefined {
  const { failures, strikes, notBefore, since, error, message, from, recover, to, locked } = value
  const state = value['state'] as StateName
  if (!(isTrying(state) || state === 'unauthorized') || !isPlace(from)) return undefined
  const [code, text] = Array.isArray(error) ? error : []
  const known = errorCodes.find((one) => one === code)
  return {
    state,
    failures: toNumber(failures),
    strikes: toNumber(strikes),
    notBefore: toNumber(notBefore),
    since: toNumber(since),
    error: known && new HkError(known, typeof text === 'string' ? text : known),
    message: readMessage(message),
    from,
    recover: typeof recover === 'boolean' ? recover : undefined,
    to: typeof to === 'number' ? to : undefined,
    locked: locked === true,
  }
}
