/**
 * One stream for all tabs and workers of an origin. Those that ask the same service for the same, as
 * the same, wait for one lock; who has it leads: it holds the stream and tells the others.
 *
 *       join ──► ask, and wait for the lock ── lock ──► lead ── leave, close, crash ──► the next leads
 *                 ▲  │ silence, and no answer              │
 *                 │  └────────── steal ──────► lead        │ robbed, as its event loop was held up
 *                 └─────────────────────────────────────────
 *
 * Nothing that counts depends on a message that arrives: see `receive` in `connection.ts` for what a
 * tab does that was not told everything. Two leaders for a moment cost a stream, and no more.
 *
 * @module
 */

import { isRecord } from './errors.ts'
import type { Credential } from './http.ts'
import { readLetter, writeLetter } from './notes.ts'
import type { Note } from './notes.ts'
import type { Channel, Platform } from './platform.ts'
import { protocol } from './protocol.ts'

/** The place of a tab among the others. */
export interface Tabs {
  /** Takes part, until it leaves. */
  join(): void
  /** Takes no part any more: lets go of the lock, if it has it. */
  leave(): void
  /**
   * Tells the others, where this tab leads.
   *
   * @param to number of the tab that asked, where one did
   */
  tell(note: Note, to?: number): void
}

/** What happens to a tab. */
export interface TabsHandler {
  /** It leads from now on. */
  lead(): void
  /** It leads no more: it was robbed of the lock. */
  follow(): void
  /** The leader told something. */
  hear(note: Note): void
  /** The leader, which this tab is, is asked how it stands. */
  answer(to: number): void
}

/** Followers ask after so much silence, at times of their own. The service lets its streams speak sooner. */
const silenceMs = 20_000
const spreadMs = 5_000
/** A leader that does not answer within this time is robbed. */
const answerMs = 5_000
/** Asker of what the leader says unasked, to set right what somebody else said. */
const nobody = -1

/**
 * The name under which tabs share a stream: a hash (SHA-256) of all that has to be the same, so it
 * tells nothing of the credential. `undefined` where this tab is to have its own.
 *
 * @param tabs see `ClientOptions`
 */
export function nameTabs(
  { endpoint, site, share, password, token, getToken }: Credential,
  wishes: object,
  tabs: boolean | string,
  { locks, channel }: Platform,
): (() => Promise<string>) | undefined {
  // Nobody knows whether two functions return tokens of one principal; and a name tells who guesses a password.
  if (!tabs || ((getToken || password) && tabs === true) || !locks || !channel) return undefined
  return async () => {
    // Only now, as there may be more wishes than at first.
    const same = JSON.stringify([endpoint, site, share, password, token, tabs, wishes])
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(same))
    return `hk-live ${protocol} ${btoa(String.fromCharCode(...new Uint8Array(hash)))}`
  }
}

/** Makes the place of a tab; it takes no part until it joins. */
export function createTabs(
  name: () => Promise<string>,
  { locks, channel: open, after, random }: Platform,
  handler: TabsHandler,
): Tabs {
  const own = random()
  let shared = ''
  let channel: Channel | undefined
  /** From joining to leaving: ends the request for the lock, or the hold on it. */
  let hold: AbortController | undefined
  let locked = false
  /** A tab leads without the lock where there is none to be had. */
  let leading = false
  /** Robbed of the lock, and nothing heard since of who has it. */
  let robbed = false
  let cancel = () => {}

  function lead(): void {
    cancel()
    if (leading) return
    leading = true
    handler.lead()
  }

  function follow(): void {
    locked = leading = false
    handler.follow()
  }

  async function request(steal: boolean): Promise<void> {
    hold?.abort()
    const { signal } = (hold = new AbortController())
    const run = () =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', () => resolve())
        locked = true
        lead()
      })
    try {
      await locks?.request(shared, steal ? { steal } : { signal }, run)
    } catch {
      if (signal.aborted) return
      if (!locked) return lead()
      follow()
      robbed = true
      request(false)
      ask()
    }
  }

  function ask(): void {
    channel?.send({ ask: own })
    cancel()
    // Robbed by somebody who cannot be heard, it would be robbed again and again: each leads itself.
    cancel = after(answerMs, () => (robbed ? lead() : request(true)))
  }

  function receive(value: unknown): void {
    if (!isRecord(value)) return
    const { ask: asker } = value
    if (leading && typeof asker === 'number') handler.answer(asker)
    const letter = readLetter(value)
    if (!letter) return
    const { to } = letter
    // Others may take the word of one who leads no more: they are told again.
    if (locked && to === undefined) handler.answer(nobody)
    if (locked || (leading && !letter.locked)) return
    if (leading) follow()
    robbed = false
    cancel()
    cancel = after(silenceMs + random() * spreadMs, ask)
    handler.hear(to === undefined || to === own ? letter : { ...letter, message: undefined })
  }

  return {
    join() {
      if (hold) return
      const { signal } = (hold = new AbortController())
      const enter = async () => {
        shared = await name()
        if (signal.aborted) return
        channel = open?.(shared, receive)
        request(false)
        ask()
      }
      enter().catch(() => {
        if (!signal.aborted) lead()
      })
    },
    leave() {
      hold?.abort()
      channel?.close()
      cancel()
      hold = channel = undefined
      locked = leading = robbed = false
    },
    tell(note, to) {
      if (leading) channel?.send(writeLetter({ ...note, to, locked }))
    },
  }
}
