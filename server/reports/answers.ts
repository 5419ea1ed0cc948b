import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** An answer as bytes of JSON, by content coding. */
export interface Body {
  readonly identity: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
}

/** A point in the history of a site; of two of the same epoch the greater `seq` is newer. */
export interface Point {
  readonly epoch: string
  readonly seq: number
}

/** Answers to questions, each the newest that was computed. */
export interface Answers<P extends Point> {
  /**
   * The answer to a question as of a point or later.
   *
   * @param compute computes it as of a point; called at most once for all who ask meanwhile
   */
  get(key: string, point: P, compute: (point: P) => Promise<string>): Promise<Answered<P>>
}

/** A computed answer, and as of which point. */
export interface Answered<P extends Point> {
  readonly body: Body
  readonly point: P
}

/** Settings of {@link createAnswers}. */
export interface AnswersOptions {
  /** Bytes that may be kept; the answers that were asked for the longest ago go first. */
  readonly most?: number
  /** Milliseconds between two computations of one question, at least. */
  readonly everyMs?: number
  /** Milliseconds after the end of one computation for which the next waits at most. */
  readonly mostPauseMs?: number
}

interface Entry<P extends Point> {
  kept: Answered<P> | undefined
  /** The computation that runs, or waits for its time; who asks for a newer point moves a waiting one on. */
  coming: { point: P; started: boolean; readonly done: Promise<Answered<P>> } | undefined
  /** When the next computation may start, on the clock of `performance`. */
  notBefore: number
}

/** A question is computed for so much of one core at most: the time that it took, times this, is left between. */
const share = 5

const compress = promisify(gzip)

/**
 * Keeps the newest answer to each question and computes each question once at a time. The next computation of
 * the same question waits until `everyMs` after the start of the last one, and until it took at most a fifth
 * of the time, but no longer than `mostPauseMs`; who asks meanwhile waits for it and shares it. So however many ask,
 * and however often the site changes, a question costs a bounded part of the machine, and nobody gets an answer older
 * than asked for. Without the bound a computation that hung with the database for a minute would hold back the next
 * for four more, and callers give up after half a minute.
 */
export function createAnswers<P extends Point>({
  most = 32_000_000,
  everyMs = 250,
  mostPauseMs = 10_000,
}: AnswersOptions = {}): Answers<P> {
  const entries = new Map<string, Entry<P>>()
  let kept = 0

  function touch(key: string): Entry<P> {
    const entry = entries.get(key) ?? { kept: undefined, coming: undefined, notBefore: 0 }
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  function keep(entry: Entry<P>, answered: Answered<P>): void {
    kept += sizeOf(answered) - sizeOf(entry.kept)
    entry.kept = answered
    for (const [oldest, { kept: held, coming }] of entries) {
      if (kept <= most) break
      if (coming !== undefined) continue
      kept -= sizeOf(held)
      entries.delete(oldest)
    }
  }

  async function start(key: string, entry: Entry<P>, compute: (point: P) => Promise<string>) {
    const wait = entry.notBefore - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const { coming } = entry
    if (coming === undefined) throw new Error('A computation began that nobody waits for.')
    coming.started = true
    const { point } = coming
    const began = performance.now()
    try {
      const answered = { point, body: await encode(await compute(point)) }
      entry.coming = undefined
      keep(entry, answered)
      return answered
    } catch (error) {
      entry.coming = undefined
      if (entry.kept === undefined) entries.delete(key)
      throw error
    } finally {
      const ended = performance.now()
      const pause = Math.min(mostPauseMs, (share - 1) * (ended - began))
      entry.notBefore = Math.max(began + everyMs, ended + pause)
    }
  }

  async function get(key: string, point: P, compute: (point: P) => Promise<string>): Promise<Answered<P>> {
    for (;;) {
      const entry = touch(key)
      if (entry.kept !== undefined && reaches(entry.kept.point, point)) return entry.kept
      const { coming } = entry
      if (coming === undefined) {
        const started = {
          point,
          started: false,
          done: Promise.resolve().then(() => start(key, entry, compute)),
        }
        entry.coming = started
        return started.done
      }
      if (reaches(coming.point, point)) return coming.done
      if (!coming.started && coming.point.epoch === point.epoch) {
        coming.point = point
        return coming.done
      }
      // What runs is too old for this caller, and its failure is not this caller's.
      await coming.done.catch(() => undefined)
    }
  }

  return { get }
}

/** Whether an answer as of `point` is good for who asks for `wanted`. */
function reaches(point: Point, wanted: Point): boolean {
  return point.epoch === wanted.epoch && point.seq >= wanted.seq
}

async function encode(text: string): Promise<Body> {
  const identity = new TextEncoder().encode(text)
  return { identity, gzip: Uint8Array.from(await compress(identity)) }
}

/** Bytes that a kept answer takes, with about what its key and its entry take. */
function sizeOf(answered: Answered<Point> | undefined): number {
  return answered === undefined ? 0 : 512 + answered.body.identity.length + answered.body.gzip.length
}
