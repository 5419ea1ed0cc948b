import type { Pace, Post } from './delivery.ts'
import { isEntry, type LineReader } from './entry.ts'
import { createIdentity } from './identity.ts'
import { createOutbox } from './outbox.ts'
import type { Places } from './places.ts'
import { classify, type LeftOut } from './request.ts'
import type { Place } from './log-file.ts'
import { tail } from './tail.ts'
import { noteUnreadable, type UnreadableLines } from './unreadable-lines.ts'

/** What forwarding is made of. */
export interface ForwardOptions {
  readonly files: readonly string[]
  /** Id of the site: with the line it makes the item's id. */
  readonly site: string
  /** Host of requests whose line names none. */
  readonly hostname: string
  /** Sends pages that people looked at too, for sites without the tracker. */
  readonly pageviews: boolean
  /** Goes on with what is written later, until the signal; and never gives up while the service is away. */
  readonly follow: boolean
  readonly signal: AbortSignal
  readonly reader: () => LineReader
  readonly places: Places
  readonly post: Post
  readonly pace?: Pace
  /** Milliseconds between two looks at a file that has been read to its end. */
  readonly pollMs?: number
  /** Told after each batch, of all files. */
  readonly onProgress?: (sent: Forwarded) => void
}

/** What has been forwarded. */
export interface Forwarded {
  readonly lines: number
  readonly pageviews: number
  readonly ai_fetches: number
  readonly malformed: UnreadableLines
  readonly left_out: Readonly<Partial<Record<LeftOut | 'page', number>>>
  /** Packed files that could not be read to their end, each in a sentence. */
  readonly damaged: readonly string[]
  readonly rejected: { readonly count: number; readonly examples: readonly string[] }
}

/** Milliseconds after which a batch goes, however few it has, while a file is being read. */
const batchMs = 2_000

/**
 * Reads logs and sends the requests of AI agents, each file in batches one after another. The place in a file moves
 * after its batch has been stored, so that nothing is left out however this ends; what is sent twice then is stored
 * once, by its id.
 *
 * @throws {HkError} what the service refuses for good (a token, a site); while not following, also after ten tries
 */
export async function forward(options: ForwardOptions): Promise<Forwarded> {
  const totals: Totals = { lines: 0, pageviews: 0, ai_fetches: 0, malformed: { count: 0, reasons: {}, examples: [] }, left_out: {}, damaged: [] }
  const rejected = { count: 0, examples: [] as string[] }
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const all = options.files.map((path) => forwardFile({ ...options, signal }, path, totals, rejected))
  try {
    await Promise.all(all)
  } catch (error) {
    // One that fails for good ends the others, each after what it is sending.
    stop.abort()
    await Promise.allSettled(all)
    throw error
  }
  return { ...totals, rejected }
}

type Totals = { -readonly [K in 'lines' | 'pageviews' | 'ai_fetches']: number } & {
  readonly malformed: UnreadableLines
  readonly left_out: Record<string, number>
  readonly damaged: string[]
}

async function forwardFile(
  options: ForwardOptions,
  path: string,
  totals: Totals,
  rejected: { count: number; examples: string[] },
): Promise<void> {
  const { site, pageviews, follow, signal, places, pollMs = 500, onProgress } = options
  const { wait: pause = (ms: number) => waitFor(ms, signal), random = Math.random } = options.pace ?? {}
  const outbox = createOutbox({
    ...options,
    tries: follow ? Number.POSITIVE_INFINITY : 10,
    // Whoever ends this does not wait for a service that is away: what it did not take is sent the next time.
    pace: {
      random,
      async wait(ms) {
        await pause(ms)
        signal.throwIfAborted()
      },
    },
  })
  const idOf = createIdentity(site)
  const { read } = options.reader()
  let place: Place | undefined
  let last = performance.now()
  let before = { ...outbox.sent, rejected: 0 }

  const settle = async () => {
    last = performance.now()
    if (place === undefined) return
    await outbox.flush()
    await places.keep(path, place)
    place = undefined
    const { sent } = outbox
    totals.pageviews += sent.pageviews - before.pageviews
    totals.ai_fetches += sent.ai_fetches - before.ai_fetches
    rejected.count += sent.rejected.count - before.rejected
    for (const example of sent.rejected.examples) {
      if (rejected.examples.length < 5 && !rejected.examples.includes(example)) rejected.examples.push(example)
    }
    before = { ...sent, rejected: sent.rejected.count }
    onProgress?.({ ...totals, rejected })
  }

  const wait = () => waitFor(pollMs, signal)
  const onDamage = (reason: string) => totals.damaged.push(`${path} can't be read to its end: ${reason}`)
  try {
    await readOn()
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }

  async function readOn(): Promise<void> {
    for await (const told of tail(path, places.of(path), { follow, signal, wait, onDamage })) {
      if (told === 'idle') {
        await settle()
        continue
      }
      place = told.place
      if (told.text === '') {
        if (places.of(path) === undefined) await settle()
        continue
      }
      const entry = told.text === undefined ? undefined : read(told.text)
      if (entry === 'note') continue
      totals.lines++
      if (!isEntry(entry) || told.text === undefined) {
        noteUnreadable(totals.malformed, entry === undefined || isEntry(entry) ? 'too_long' : entry.unreadable, { file: path, text: told.text })
        continue
      }
      const found = classify(entry)
      const reason = found.kind === 'left_out' ? found.reason : found.kind === 'pageview' && !pageviews ? 'page' : undefined
      if (found.kind === 'pageview' && pageviews && entry.host === '') noteUnreadable(totals.malformed, 'no_address', { file: path, text: told.text })
      else if (reason !== undefined) totals.left_out[reason] = (totals.left_out[reason] ?? 0) + 1
      else if (found.kind !== 'left_out') outbox.add(entry, found, idOf(told.text), entry.at)
      if (outbox.full || performance.now() - last > batchMs) await settle()
    }
    await settle()
  }
}

/** Waits, and no longer than until the signal. */
function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
