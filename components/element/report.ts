import type { Answer, Client, HkError, Question, ReportData, ReportName, Watch } from '@hk-live/sdk'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { untracked } from './signals.ts'

/** What an element shows of a report at the moment; see `Watch` of the SDK. */
export type Phase = ReturnType<Watch<ReportName>['state']['get']>

/** What a report needs of its element. */
export interface ReportHost extends ReactiveControllerHost {
  /** Undefined while nothing is to be asked: out of view, not connected, or at fault. */
  readonly client: Client | undefined
  readonly isConnected: boolean
}

/** What a quiet refresh moved. */
export interface Move<N extends ReportName> {
  data: ReportData[N]
  previous: ReportData[N] | undefined
  changed: ReadonlySet<string>
}

/**
 * Watches one report for an element: asks when the element has a client, asks anew when its question is
 * another, lets go when the client is gone. The last answer stays, so that an element that comes back into
 * view shows it while it asks.
 */
export class Report<N extends ReportName> implements ReactiveController {
  #host: ReportHost
  #name: N
  #question: () => Question | undefined
  #moved: ((move: Move<N>) => void) | undefined
  #client: Client | undefined
  #watch: Watch<N> | undefined
  #stop: (() => void) | undefined
  #key = ''
  #kept: { client: Client; key: string; answer: Answer<N> } | undefined

  constructor(
    host: ReportHost,
    name: N,
    question: () => Question | undefined,
    moved?: (move: Move<N>) => void,
  ) {
    this.#host = host
    this.#name = name
    this.#question = question
    this.#moved = moved
    host.addController(this)
  }

  /** The newest answer, or the last one of the question before while a new one loads. Tracked. */
  get answer(): Answer<N> | undefined {
    const phase = this.phase
    if (phase === 'error' || phase === 'denied') return undefined
    return this.#watch?.answer.get() ?? this.#kept?.answer
  }

  /** Tracked. */
  get phase(): Phase {
    const phase = this.#watch?.state.get() ?? 'idle'
    const waiting = phase === 'loading' || phase === 'idle'
    const shown = this.#kept?.key === this.#key && this.#watch?.answer.get() === undefined
    return waiting && shown ? 'refreshing' : phase
  }

  /** Tracked. */
  get error(): HkError | undefined {
    return this.#watch?.error.get()
  }

  /** Asks again, loudly. */
  async refresh(): Promise<void> {
    await this.#watch?.refresh()
  }

  hostUpdate(): void {
    const client = this.#host.client
    const question = client && this.#question()
    untracked(() => {
      if (client && question) this.#ask(client, question)
      else this.#release()
    })
  }

  hostUpdated(): void {
    const answer = untracked(() => this.#watch?.answer.get())
    if (answer && this.#client) this.#kept = { client: this.#client, key: this.#key, answer }
  }

  hostDisconnected(): void {
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.#release()
    })
  }

  #release(): void {
    this.#stop?.()
    this.#watch?.close()
    this.#watch = this.#stop = this.#client = undefined
  }

  #ask(client: Client, question: Question): void {
    if (this.#client !== client) this.#release()
    if (this.#kept && this.#kept.client !== client) this.#kept = undefined
    const key = JSON.stringify(question)
    if (this.#watch) {
      if (key !== this.#key) this.#watch.ask(question)
    } else {
      this.#client = client
      this.#watch = client.watch(this.#name, question)
      this.#stop = this.#watch.on('update', (move) => {
        if (move.changed.size > 0) this.#moved?.(move)
      })
    }
    this.#key = key
  }
}
