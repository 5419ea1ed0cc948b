import { formatQuestion } from './http.ts'
import type { Http } from './http.ts'
import { parsePosition } from './protocol.ts'
import type { Question, ReportName } from './protocol.ts'
import { createQuery } from './query.ts'
import type { Query, QueryContext } from './query.ts'

/** A query and how many read it. */
export interface Entry<N extends ReportName> {
  readonly key: string
  readonly query: Query<N>
  readers: number
  /** Cancels its end. */
  keep(): void
}

type Entries = { [N in ReportName]?: Map<string, Entry<N>> }

/** The questions that are asked or were asked lately: identical ones are one entry. */
export interface Cache {
  /** Adds a reader; returns the entry. Give it back with `release`. */
  acquire<N extends ReportName>(report: N, question: Question): Entry<N>
  release<N extends ReportName>(entry: Entry<N>): void
  queries(): Query[]
  /**
   * The oldest version among the answers: news since then make all of them fresh. `undefined` while a
   * first answer is on its way, as that one may turn out to be older.
   */
  oldest(): string | undefined
  close(): void
}

/** An entry is kept this long after its last reader, for the reader who comes back. */
const lingerMs = 30_000

/** Makes the cache of one client. */
export function createCache(http: Http, context: QueryContext): Cache {
  const entries: Entries = {}
  const all = () => Object.values(entries).flatMap((map) => [...map.values()])
  const { platform } = context

  return {
    acquire<N extends ReportName>(report: N, question: Question) {
      const key = formatQuestion(question)
      const map: Map<string, Entry<N>> = (entries[report] ??= new Map())
      let entry = map.get(key)
      if (!entry) {
        const query = createQuery(report, (signal) => http.report(report, key, signal), context)
        entry = { key, query, readers: 0, keep: () => {} }
        map.set(key, entry)
      }
      entry.keep()
      entry.readers += 1
      entry.query.read(true)
      return entry
    },
    release<N extends ReportName>(entry: Entry<N>) {
      entry.readers -= 1
      if (entry.readers > 0) return
      entry.query.read(false)
      entry.keep = platform.after(lingerMs, () => entries[entry.query.report]?.delete(entry.key))
    },
    queries: () => all().map(({ query }) => query),
    oldest() {
      let oldest: string | undefined
      let least = Infinity
      for (const { query } of all()) {
        const version = query.answer.get()?.version
        if (version === undefined && query.busy()) return undefined
        const { seq } = parsePosition(version ?? '') ?? {}
        if (seq === undefined || seq >= least) continue
        least = seq
        oldest = version
      }
      return oldest
    },
    close() {
      for (const { query, keep } of all()) {
        keep()
        query.read(false)
      }
      for (const map of Object.values(entries)) map.clear()
    },
  }
}
