import type { Cache, Entry } from './cache.ts'
import { formatQuestion } from './http.ts'
import { createEvents } from './events.ts'
import type { Answer, HkError, Question, ReportData, ReportName } from './protocol.ts'
import type { LoadState, QueryEvents, Update } from './query.ts'
import { computed, effect, state } from './signals.ts'
import type { ReadonlySignal } from './signals.ts'

/** A report that is kept up to date automatically. Iterating over it gives the answer at hand and each new one. */
export interface Watch<N extends ReportName> extends AsyncIterable<Answer<N>> {
  /** The whole answer to the question as it is now; `undefined` until there is one. */
  readonly answer: ReadonlySignal<Answer<N> | undefined>
  readonly data: ReadonlySignal<ReportData[N] | undefined>
  readonly state: ReadonlySignal<LoadState>
  readonly error: ReadonlySignal<HkError | undefined>
  /** Names of what moved in the last quiet refresh, see `findMoved`; empty after a loud load. */
  readonly changed: ReadonlySignal<ReadonlySet<string>>
  /** Asks something else, loudly. The same question again does nothing. */
  ask(question: Question): void
  /** Asks again, loudly. */
  refresh(): Promise<void>
  /** Calls back with each new answer, also with one that was at hand when the question was asked. */
  on(event: 'update', handler: (update: Update<N>) => void): () => void
  close(): void
}

/** Watches a report through the cache; `closed` is called once, when nothing more is read. */
export function createWatch<N extends ReportName>(
  cache: Cache,
  report: N,
  question: Question,
  closed: () => void,
): Watch<N> {
  const events = createEvents<QueryEvents<N>>()
  const open = state(true)
  const current = state(follow(cache.acquire(report, question)))
  const query = () => current.get().entry.query
  const answer = computed(() => query().answer.get())
  const phase = computed(() => query().state.get())
  const error = computed(() => query().error.get())

  function follow(entry: Entry<N>): { entry: Entry<N>; leave(): void } {
    const off = entry.query.on('update', (update) => events.emit('update', update))
    const hand = entry.query.answer.get()
    if (hand) {
      queueMicrotask(() => {
        if (!open.get() || current.get().entry !== entry || entry.query.answer.get() !== hand) return
        events.emit('update', { answer: hand, data: hand.data, previous: undefined, changed: new Set() })
      })
    }
    return {
      entry,
      leave() {
        off()
        cache.release(entry)
      },
    }
  }

  /** Waits until there is something else than `shown`, or nothing more to come. */
  function next(shown: Answer<N> | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = effect(() => {
        if (answer.get() === shown && open.get() && phase.get() !== 'denied') return
        queueMicrotask(() => {
          end()
          resolve()
        })
      })
    })
  }

  return {
    answer,
    data: computed(() => answer.get()?.data),
    state: phase,
    error,
    changed: computed(() => query().changed.get()),
    ask(another) {
      const { entry, leave } = current.get()
      if (!open.get() || formatQuestion(another) === entry.key) return
      // The new entry first: an entry that both questions share a request with is not stopped between.
      current.set(follow(cache.acquire(report, another)))
      leave()
    },
    refresh: async () => {
      if (open.get()) await query().reload()
    },
    on: events.on,
    close() {
      if (!open.get()) return
      open.set(false)
      current.get().leave()
      events.clear()
      closed()
    },
    async *[Symbol.asyncIterator]() {
      let shown: Answer<N> | undefined
      while (open.get()) {
        const latest = answer.get()
        if (latest && latest !== shown) {
          shown = latest
          yield latest
        } else if (phase.get() === 'denied') {
          throw error.get()
        } else {
          await next(shown)
        }
      }
    },
  }
}
