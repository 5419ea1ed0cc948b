import type { Page } from './platform.ts'

/** Why nothing is fetched. */
export type PauseReason = 'hidden' | 'offline'

/** Whether fetching is paused, and why. */
export interface Pause {
  /** The reason that holds, `hidden` before `offline`; `undefined` while fetching is fine. */
  reason(): PauseReason | undefined
  close(): void
}

/**
 * Follows the page. Pausing is a set of reasons, not a switch: a hidden page that goes offline
 * resumes only when it is both shown and online.
 *
 * `changed` is called with each new reason, and on every `online`, so that whoever waits for a
 * failed network tries again at once. What the browser says about being online when the client is
 * made is not asked for: it is unreliable.
 */
export function createPause(page: Page, changed: (reason: PauseReason | undefined) => void): Pause {
  const reasons = new Set<PauseReason>()
  if (page.hidden()) reasons.add('hidden')

  const reason = (): PauseReason | undefined =>
    reasons.has('hidden') ? 'hidden' : reasons.has('offline') ? 'offline' : undefined

  const close = page.listen((event) => {
    const before = reason()
    if (event === 'visible') reasons.delete('hidden')
    else if (event === 'online') reasons.delete('offline')
    else reasons.add(event)
    if (reason() !== before || event === 'online') changed(reason())
  })
  return { reason, close }
}
