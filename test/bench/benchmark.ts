import type { Table } from './table.ts'

/** How a benchmark is to be run. */
export interface Options {
  /** Few and short rounds, to see that it works: its figures say nothing. */
  readonly quick: boolean
  /** Measures in a real browser too, where the benchmark can. */
  readonly browser: boolean
  /** Peers to measure beside, where the benchmark knows them and they are installed. */
  readonly vs: readonly string[]
  readonly bed: Bed
  /** Says how far it is. */
  readonly tell: (text: string) => void
}

/** What a benchmark found. */
export interface Outcome {
  readonly tables: readonly Table[]
  /** What has to be known to read the tables. */
  readonly notes: readonly string[]
  /** The same figures for programs. */
  readonly figures: Readonly<Record<string, unknown>>
  readonly postgres?: string
}

/** One question to the speed or the size of something, and how it is answered. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  run(options: Options): Promise<Outcome>
}

/**
 * What a benchmark has opened: processes, folders, connections. Closed in reverse, also what is still being
 * opened when the person at the keyboard ends it.
 */
export class Bed implements AsyncDisposable {
  readonly #opened: Promise<AsyncDisposable>[] = []
  #closed = false

  /** Takes charge of something that is being opened, and hands it on. */
  open<T extends AsyncDisposable>(open: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The benchmark was ended.'))
    const opening = open()
    this.#opened.unshift(opening)
    return opening
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const opening of this.#opened.splice(0)) {
      // What could not be opened has closed itself.
      await opening.then((opened) => opened[Symbol.asyncDispose]()).catch(() => undefined)
    }
  }
}
