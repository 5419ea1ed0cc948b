import type { Answer, Client, FeedVisit, Question, StreamEvents, Visit } from '@hk-live/sdk'
import type { ReactiveController } from 'lit'
import { Report } from './report.ts'
import type { ReportHost } from './report.ts'
import { untracked } from './signals.ts'

/** Visits that are remembered so as not to be told of twice. */
const most = 300
/** Milliseconds within which the report has to name what the stream told of. */
const patienceMs = 60_000

/** What elements show of new visits. */
export interface Arrived {
  /** The oldest first. */
  visits: readonly Visit[]
  /** Those that are known by number only. */
  more: number
  /** There may be others still: the report does not reach back to the last that was known. */
  open: boolean
}

/** Visits that are asked for: elements that ask for the same share an answer. */
const few = 20
const many = 50

/** The question of the latest visits: those of a week, whatever range is looked at around. */
export function latest(filters: readonly string[] | undefined, limit = few): Question {
  return { range: '7d', limit: limit > few ? many : few, ...(filters?.length && { filter: filters }) }
}

/** What tells one visit from another; there are no ids, as nothing in it identifies a person. */
export function keyOf({ at, country, city, device, ...visit }: Visit | FeedVisit): string {
  const page = 'entry_page' in visit ? visit.entry_page : visit.entry_path
  return [at, country, city ?? '', device, page].join('\n')
}

/** A visit of the report, as the stream would have told of it. */
function visitOf({ at, country, city, lat, lon, device, entry_page, referrer_source }: FeedVisit): Visit {
  return {
    at,
    country,
    device,
    entry_path: entry_page,
    referrer_source,
    ...(city && { city }),
    ...(lat !== null && lon !== null && { lat, lon }),
  }
}

/**
 * The latest visits of a site, and each new one once. The stream tells of it first and the report later; where
 * there is no stream, or the page was hidden, the report alone does. Under filters only the report is asked, as the
 * stream does not know them.
 */
export class Arrivals implements ReactiveController {
  readonly report: Report<'visits'>
  #host: ReportHost
  #question: () => Question
  #arrived: (arrived: Arrived) => void
  #client: Client | undefined
  #stop: (() => void) | undefined
  #answer: Answer<'visits'> | undefined
  #key = ''
  /** Told of by the stream since the last answer, the oldest first. */
  #early: Visit[] = []
  #known = new Set<string>()
  /** Visits that the stream told by number only: the report names them later. */
  #unnamed = 0

  constructor(host: ReportHost, question: () => Question, arrived: (arrived: Arrived) => void) {
    this.#host = host
    this.#question = question
    this.#arrived = arrived
    this.report = new Report(host, 'visits', question)
    host.addController(this)
  }

  /** The newest first; `undefined` until they are known. Tracked. */
  get visits(): Visit[] | undefined {
    const answer = this.report.answer
    if (!answer) return undefined
    const listed = answer.data.visits.map(visitOf)
    const keys = new Set(listed.map(keyOf))
    const early = this.#early.filter((visit) => !keys.has(keyOf(visit)))
    return [...early, ...listed].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
  }

  hostUpdate(): void {
    // Read here, so that the element hears of each answer.
    void this.report.answer
  }

  hostUpdated(): void {
    untracked(() => {
      this.#listen()
      const { answer } = this.report
      if (answer && answer !== this.#answer) this.#take(answer)
    })
  }

  hostDisconnected(): void {
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.#leave()
    })
  }

  #leave(): void {
    this.#stop?.()
    this.#stop = this.#client = undefined
  }

  #listen(): void {
    const { client } = this.#host
    const filtered = this.#question().filter !== undefined
    const wanted = filtered ? undefined : client
    if (wanted === this.#client) return
    this.#leave()
    this.#client = wanted
    this.#stop = wanted?.on('visit', (told) => this.#hear(told))
  }

  #hear({ visits, more }: StreamEvents['visit']): void {
    // Before the first answer nobody knows what is new.
    if (!this.#answer) return
    const fresh = this.#fresh(visits)
    this.#unnamed += more
    this.#early = [...this.#early, ...fresh].slice(-most)
    if (fresh.length + more > 0) this.#tell({ visits: fresh, more, open: false })
  }

  #take(answer: Answer<'visits'>): void {
    const key = JSON.stringify([answer.site_id, this.#question()])
    const before = key === this.#key ? this.#answer : undefined
    const visits = answer.data.visits.map(visitOf).toReversed()
    this.#answer = answer
    this.#key = key
    const since = Date.parse(answer.generated_at) - patienceMs
    this.#early = this.#early.filter(({ at }) => Date.parse(at) > since)
    const fresh = this.#fresh(visits)
    if (!before) return
    // What is older than all that were listed came up because others went.
    const oldest = before.data.visits.at(-1)?.at ?? ''
    const newer = fresh.filter(({ at }) => at >= oldest)
    const counted = Math.min(this.#unnamed, newer.length)
    this.#unnamed = 0
    if (newer.length <= counted) return
    const open = newer.length === visits.length && visits.length === this.#question().limit
    this.#tell({ visits: newer.slice(counted), more: 0, open })
  }

  /** Those that are not known yet; they are from now on. */
  #fresh(visits: readonly Visit[]): Visit[] {
    const fresh = visits.filter((visit) => !this.#known.has(keyOf(visit)))
    for (const visit of fresh) this.#known.add(keyOf(visit))
    for (const key of this.#known) {
      if (this.#known.size <= most) break
      this.#known.delete(key)
    }
    return fresh
  }

  #tell(arrived: Arrived): void {
    this.#arrived(arrived)
    this.#host.requestUpdate()
  }
}
