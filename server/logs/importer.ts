import type { LineReader } from './entry.ts'
import type { Pace, Post } from './delivery.ts'
import { createIdentity } from './identity.ts'
import { readLines } from './lines.ts'
import { createOutbox } from './outbox.ts'
import { classify, type LeftOut } from './request.ts'

/** What an import is made of. */
export interface ImportOptions {
  /** Opens the log from its start; called twice unless `keepDates`, to look for the newest date first. */
  source: () => AsyncIterable<Uint8Array>
  /** Id of the site: with the line it makes the item's id. */
  site: string
  /** Host that the log is of, where its lines do not name one. */
  hostname: string
  /** How lines are read; called once for each pass. */
  reader: () => LineReader
  /** Keeps dates as they are; else all are moved so that the newest lies within the last 24 hours. */
  keepDates: boolean
  post: Post
  onProgress?: (progress: ImportProgress) => void
  now?: () => number
  pace?: Pace
}

/** How far an import is. `bytes` of the present pass. */
export interface ImportProgress {
  phase: 'dates' | 'import' | 'done'
  bytes: number
  lines: number
  stored: number
}

/** What an import did. */
export interface ImportSummary {
  lines: number
  pageviews: number
  ai_fetches: number
  left_out: Partial<Record<LeftOut, number>>
  /** Lines that are no log lines: their number, and the first five, cut and without control characters. */
  malformed: { count: number; examples: { line: number; text: string }[] }
  /** Items that the service refused: their number, and the first five reasons. */
  rejected: { count: number; examples: string[] }
  /** Whole days that dates were moved by; negative: into the past. */
  shifted_days: number
}

const day = 86_400_000
const exampleCount = 5

/**
 * Imports an access log: persons' pages as pageviews, AI agents' requests as fetches. Reads as a stream, in
 * batches of at most 500, one at a time. Lines that can't be read are counted, never fatal; the same log
 * again adds nothing (see `identity.ts`).
 *
 * @throws {HkError} what {@link deliver} throws: then what was sent before is stored, and running the
 * import again goes on where it matters
 */
export async function importLog(options: ImportOptions): Promise<ImportSummary> {
  const { keepDates, source, reader, now = Date.now, onProgress = () => undefined } = options
  const newest = keepDates ? undefined : await newestDate(options, onProgress)
  const shifted_days = newest === undefined ? 0 : Math.floor((now() - newest) / day)
  const left_out: ImportSummary['left_out'] = {}
  const malformed: ImportSummary['malformed'] = { count: 0, examples: [] }
  const outbox = createOutbox(options)
  const idOf = createIdentity(options.site)
  const { read } = reader()
  let lines = 0
  let line = 0
  for await (const { text, bytes } of readLines(source())) {
    line++
    if (text === '') continue
    const entry = text === undefined ? undefined : read(text)
    if (entry === 'note') continue
    lines++
    if (text === undefined || entry === undefined) {
      noteMalformed(malformed, line, text)
      continue
    }
    const found = classify(entry)
    if (found.kind === 'left_out') {
      left_out[found.reason] = (left_out[found.reason] ?? 0) + 1
      continue
    }
    outbox.add(entry, found, idOf(text), entry.at + shifted_days * day)
    if (!outbox.full) continue
    await outbox.flush()
    onProgress({ phase: 'import', bytes, lines, stored: outbox.sent.stored })
  }
  await outbox.flush()
  const { stored, pageviews, ai_fetches, rejected } = outbox.sent
  onProgress({ phase: 'done', bytes: 0, lines, stored })
  return { lines, pageviews, ai_fetches, left_out, malformed, rejected, shifted_days }
}

async function newestDate(
  { source, reader }: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
): Promise<number | undefined> {
  const { read } = reader()
  let newest: number | undefined
  let lines = 0
  for await (const { text, bytes } of readLines(source())) {
    if (++lines % 10_000 === 0) onProgress({ phase: 'dates', bytes, lines, stored: 0 })
    const entry = text === undefined ? undefined : read(text)
    if (entry === undefined || entry === 'note') continue
    if (newest === undefined || entry.at > newest) newest = entry.at
  }
  return newest
}

function noteMalformed(malformed: ImportSummary['malformed'], line: number, text = '(over 16,384 characters)'): void {
  malformed.count++
  if (malformed.examples.length >= exampleCount) return
  // Control characters could command the terminal that shows the example.
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const shown = text.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
  malformed.examples.push({ line, text: shown })
}
