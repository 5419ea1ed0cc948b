import { createCache } from './cache.ts'
import { createConnection } from './connection.ts'
import type { ConnectionHandler, Status } from './connection.ts'
import { createEvents } from './events.ts'
import { createHttp, formatQuestion } from './http.ts'
import type { Credential, SiteInfo } from './http.ts'
import { createPause } from './pause.ts'
import { createPlatform } from './platform.ts'
import type { PlatformOptions } from './platform.ts'
import { HkError, parsePosition, reportKinds } from './protocol.ts'
import type { Answer, Question, ReportName, StreamEvents } from './protocol.ts'
import type { ReadonlySignal } from './signals.ts'
import { nameTabs } from './tabs.ts'
import { createWatch } from './watch.ts'
import type { Watch } from './watch.ts'

/** Whom to ask and as whom; which extra events to have; parts of the surroundings to replace. */
export interface ClientOptions extends Credential, PlatformOptions {
  /** Asks the stream for `live` events from the first; else it does when somebody listens to them. */
  live?: boolean
  /** Asks the stream for `visit` events from the first; else it does when somebody listens to them. */
  visits?: boolean
  /**
   * Whether tabs and workers of one origin share one stream: those that ask the same service for the
   * same, with the same credential. `true` where it is left out. With `getToken`, nobody knows whether
   * two of them are the same principal, and with a password, what they share would be a name to guess it by: each has
   * its own stream then, unless a string names the principal, such as the id of a user. Where Web Locks or broadcast channels are missing (outside
   * secure contexts, in some runtimes), each has its own.
   */
  tabs?: boolean | string
}

/** Data of a client's events. */
export type ClientEvents = {
  /** The connection is in another state. */
  status: Status
  /** Something was committed. While polling, `counts` is empty and both times are those of the poll. */
  change: StreamEvents['analytics.changed']
  /** Every report is loaded again, as the position means nothing any more. */
  resync: StreamEvents['analytics.resync']
  /** The number of visitors now has changed. */
  live: StreamEvents['live']
  /** There are new visits. */
  visit: StreamEvents['visit']
}

/** Asks for reports of one site and keeps them fresh, over one connection for all of them. */
export interface Client {
  readonly endpoint: string
  readonly status: ReadonlySignal<Status>
  /** Name, time zone and currency of the site, and what the share link allows. */
  site(): Promise<SiteInfo>
  /** Asks once. Rejects with an `HkError`. */
  ask<N extends ReportName>(
    report: N,
    question?: Question,
    options?: { signal?: AbortSignal },
  ): Promise<Answer<N>>
  /**
   * Sends any other request below the path of the site, as the principal of this client: a file of a report by
   * `/reports/breakdown/export?format=csv&by=page`, a change by `PATCH`. Rejects with an `HkError` where the answer is
   * not of success; it has no time limit but that of its `signal`.
   */
  request(path: string, init?: RequestInit & { headers?: Record<string, string> }): Promise<Response>
  /** Asks, and asks again whenever the answer is old. Identical questions share one request. */
  watch<N extends ReportName>(report: N, question?: Question): Watch<N>
  /**
   * Calls back on each event. All but `status` hold the connection open, as a watched report does; `live` and
   * `visit` have the stream asked for, too: from then on, and anew where it was open without.
   */
  on<E extends keyof ClientEvents>(event: E, handler: (data: ClientEvents[E]) => void): () => void
  /** Asks for every watched report again, loudly; tries again where access was denied. */
  refresh(): Promise<void>
  /** Ends everything, for good. */
  close(): void
}

/** The connection is held this long after its last reader, as pages replace one widget by another. */
const graceMs = 1_000

/**
 * Makes a client. It is silent until something is watched, and again a second after nothing is.
 *
 * @throws HkError `bad_request` where neither a site nor a share link is named
 */
export function createClient(options: ClientOptions): Client {
  if (!options.site && !options.share) {
    throw new HkError('bad_request', 'Name the site, or a share link.', { parameter: 'site' })
  }
  const platform = createPlatform(options)
  const http = createHttp(options, platform)
  const events = createEvents<ClientEvents>()
  const watches = new Set<Watch<ReportName>>()
  const closing = new AbortController()
  const server = { spreadMs: 0, skewMs: 0 }
  let readers = 0
  let cancelStop = () => {}

  const recover = (one = false) => {
    for (const query of cache.queries()) if (query.resume() && one) return
  }
  const cache = createCache(http, {
    platform,
    open: (failures) => !pause.reason() && !(failures && connection.down()),
    recover,
    server,
  })
  const pause = createPause(platform.page, (reason) => {
    connection.input(reason ?? 'resumed')
    if (!reason) recover()
  })
  const wishes: Record<string, string> = {}
  const name = nameTabs(options, wishes, options.tabs ?? true, platform)
  const handler: ConnectionHandler = {
    status: (status) => events.emit('status', status),
    oldest: cache.oldest,
    recover,
    dirty(kinds, position) {
      for (const query of cache.queries()) {
        if (kinds && !reportKinds[query.report].some((kind) => kinds.includes(kind))) continue
        query.dirty(position === undefined ? undefined : parsePosition(position))
      }
    },
    message({ event, data }) {
      if (event === 'hello') {
        server.spreadMs = Number(data.spread_ms) || 0
        server.skewMs = Date.parse(data.server_time) - platform.now() || 0
      } else if (event === 'analytics.changed') events.emit('change', data)
      else if (event === 'analytics.resync') events.emit('resync', data)
      else if (event === 'live') events.emit('live', data)
      else if (event === 'visit') events.emit('visit', data)
    },
  }
  const connection = createConnection(http, platform, wishes, pause.reason(), handler, name)

  function assertOpen(): void {
    if (closing.signal.aborted) throw new HkError('closed', 'This client was closed. Make another one.')
  }

  /** Holds the connection open; returns what lets go of it. */
  function hold(): () => void {
    cancelStop()
    readers += 1
    if (readers === 1) connection.input('start')
    let held = true
    return () => {
      if (!held) return
      held = false
      readers -= 1
      if (readers === 0) cancelStop = platform.after(graceMs, () => connection.input('stop'))
    }
  }

  /** Has the stream tell of something else, too. */
  function wish(name: 'live' | 'visits'): void {
    if (wishes[name]) return
    wishes[name] = '1'
    if (readers === 0) return
    connection.input('stop')
    connection.input('start')
  }

  if (options.live) wish('live')
  if (options.visits) wish('visits')

  return {
    endpoint: options.endpoint,
    status: connection.status,
    site: http.site,
    async ask(report, question = {}, { signal } = {}) {
      assertOpen()
      const given = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
      return http.report(report, formatQuestion(question), given)
    },
    async request(path, init = {}) {
      assertOpen()
      const signal = init.signal ? AbortSignal.any([init.signal, closing.signal]) : closing.signal
      return http.request(path, { ...init, signal })
    },
    watch(report, question = {}) {
      assertOpen()
      const release = hold()
      const watch = createWatch(cache, report, question, () => {
        watches.delete(watch)
        release()
      })
      watches.add(watch)
      return watch
    },
    on(event, handler) {
      const off = events.on(event, handler)
      if (event === 'status' || closing.signal.aborted) return off
      if (event === 'live') wish(event)
      if (event === 'visit') wish('visits')
      const release = hold()
      return () => {
        off()
        release()
      }
    },
    async refresh() {
      if (readers > 0) connection.input('start')
      await Promise.all([...watches].map((watch) => watch.refresh()))
    },
    close() {
      if (closing.signal.aborted) return
      closing.abort()
      connection.input('close')
      pause.close()
      for (const { close } of watches) close()
      cache.close()
      cancelStop()
      events.clear()
    },
  }
}
