/**
 * A worker has no document, and is told nothing when its page is hidden, or kept by the browser for the
 * way back: it stands still then, with its stream open and its lock held. So the page forwards its events:
 *
 *     page    forwardPageEvents(worker)                        of a shared worker: forwardPageEvents(worker.port)
 *     worker  createClient({ …, page: receivePageEvents() })   called while the worker's script starts
 *
 * @module
 */

import { isRecord } from './errors.ts'
import { browserPage } from './platform.ts'
import type { Page, PageEvent } from './platform.ts'

/** What one page tells its worker; `closed`: it tells nothing any more. */
type PageNews = 'hidden' | 'visible' | 'closed'

/** Name under which the news is in a message, so that no other message is taken for it. */
const mark = 'hk-live page'

/** Where messages come from: a worker's own scope, or the port of a page in a shared worker. */
interface Source {
  addEventListener(type: string, listener: (event: SourceEvent) => void): void
}

/** A message, or that a page connects. */
interface SourceEvent {
  readonly type: string
  readonly data?: unknown
  readonly ports?: readonly (Source & { start(): void })[]
}

/**
 * Tells a worker from now on when this page is hidden, frozen or left, and when it is shown again.
 *
 * @param target a dedicated worker, or the port of a shared one
 * @returns what stops it: the worker then counts this page as shown
 */
export function forwardPageEvents(target: { postMessage(message: unknown): void }, page: Page = browserPage): () => void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one origin
  const tell = (news: PageNews) => target.postMessage({ [mark]: news })
  const forward = (event: PageEvent) => {
    // A worker hears of its network itself.
    if (event === 'hidden' || event === 'visible') tell(event)
  }
  // One that is not kept does not come back.
  const leave = ({ persisted }: { persisted?: boolean }) => {
    if (!persisted) tell('closed')
  }
  const stop = page.listen(forward)
  globalThis.addEventListener?.('pagehide', leave)
  tell(page.hidden() ? 'hidden' : 'visible')
  return () => {
    stop()
    globalThis.removeEventListener?.('pagehide', leave)
    tell('closed')
  }
}

/** The page of a worker, as it is forwarded. A shared worker is hidden while all pages that forward to it are. */
export function receivePageEvents(scope: Source = globalThis): Page {
  const pages = new Map<Source, boolean>()
  const handlers = new Set<(event: PageEvent) => void>()
  const hidden = () => pages.size > 0 && [...pages.values()].every(Boolean)

  function receive(source: Source): void {
    source.addEventListener('message', ({ data }) => {
      const news = isRecord(data) ? data[mark] : undefined
      if (news !== 'hidden' && news !== 'visible' && news !== 'closed') return
      const before = hidden()
      if (news === 'closed') pages.delete(source)
      else pages.set(source, news === 'hidden')
      if (hidden() !== before) for (const handler of handlers) handler(before ? 'visible' : 'hidden')
    })
  }

  receive(scope)
  scope.addEventListener('connect', ({ ports: [port] = [] }) => {
    if (port === undefined) return
    receive(port)
    port.start()
  })
  return {
    hidden,
    listen(handler) {
      handlers.add(handler)
      const stop = browserPage.listen(handler)
      return () => {
        handlers.delete(handler)
        stop()
      }
    },
  }
}
