import type { Receipt } from '@hk-live/sdk/protocol'
import { parseLine } from './combined.ts'
import type { LogEntry } from './combined.ts'
import { deliver } from './delivery.ts'
import type { LogFetch, LogItem, Pace, Post } from './delivery.ts'
import { createIdentity } from './identity.ts'
import { readLines } from './lines.ts'
import type { Classified, LeftOut } from './request.ts'
import { classify } from './request.ts'

/** What an import is made of. */
export interface ImportOptions {
  /** Opens the log from its start; called twice unless `keepDates`, to look for the newest date first. */
  source: () => AsyncIterable<Uint8Array>
  /** Id of the site: with the line it makes the item's id. */
  site: string
  /** Host that the log is of, as logs do not name it. */
  hostname: string
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
const batchItems = 500
const batchLength = 400_000
const exampleCount = 5
const defaultPace: Pace = {
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

/**
 * Imports an access log: persons' pages as pageviews, AI agents' requests as fetches. Reads as a stream, in
 * batches of at most 500, one at a time. Lines that can't be read are counted, never fatal; the same log
 * again adds nothing (see `identity.ts`).
 *
 * @throws {HkError} what {@link deliver} throws: then what was sent before is stored, and running the
 * import again goes on where it matters
 */
export async function importLog(options: ImportOptions): Promise<ImportSummary> {
  const { keepDates, source, now = Date.now, onProgress = () => undefined } = options
  const newest = keepDates ? undefined : await newestDate(source, onProgress)
  const shifted_days = newest === undefined ? 0 : Math.floor((now() - newest) / day)
  const summary: ImportSummary = {
    lines: 0,
    pageviews: 0,
    ai_fetches: 0,
    left_out: {},
    malformed: { count: 0, examples: [] },
    rejected: { count: 0, examples: [] },
    shifted_days,
  }
  const outbox = createOutbox(options, summary)
  const idOf = createIdentity(options.site)
  let line = 0
  for await (const { text, bytes } of readLines(source())) {
    line++
    if (text === '') continue
    summary.lines++
    const entry = text === undefined ? undefined : parseLine(text)
    if (text === undefined || entry === undefined) {
      noteMalformed(summary, line, text)
      continue
    }
    const found = classify(entry)
    if (found.kind === 'left_out') {
      summary.left_out[found.reason] = (summary.left_out[found.reason] ?? 0) + 1
      continue
    }
    const at = new Date(entry.at + shifted_days * day).toISOString()
    if (await outbox.add(entry, found, idOf(text), at, text.length)) {
      onProgress({ phase: 'import', bytes, lines: summary.lines, stored: outbox.stored() })
    }
  }
  await outbox.flush()
  onProgress({ phase: 'done', bytes: 0, lines: summary.lines, stored: outbox.stored() })
  return summary
}

async function newestDate(
  source: ImportOptions['source'],
  onProgress: (progress: ImportProgress) => void,
): Promise<number | undefined> {
  let newest: number | undefined
  let lines = 0
  for await (const { text, bytes } of readLines(source())) {
    if (++lines % 10_000 === 0) onProgress({ phase: 'dates', bytes, lines, stored: 0 })
    const at = text === undefined ? undefined : parseLine(text)?.at
    if (at !== undefined && (newest === undefined || at > newest)) newest = at
  }
  return newest
}

function noteMalformed({ malformed }: ImportSummary, line: number, text = '(over 16,384 characters)'): void {
  malformed.count++
  if (malformed.examples.length >= exampleCount) return
  // Control characters could command the terminal that shows the example.
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const shown = text.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
  malformed.examples.push({ line, text: shown })
}

function createOutbox({ post, hostname, pace = defaultPace }: ImportOptions, summary: ImportSummary) {
  let items: LogItem[] = []
  let fetches: LogFetch[] = []
  let length = 0
  let stored = 0

  const note = (receipt: Receipt) => {
    stored += receipt.accepted
    summary.rejected.count += receipt.rejected.length
    const room = exampleCount - summary.rejected.examples.length
    summary.rejected.examples.push(...receipt.rejected.slice(0, room).map(({ message }) => message))
  }
  const flush = async () => {
    const batch = { items, fetches }
    items = []
    fetches = []
    length = 0
    if (batch.items.length > 0) note(await deliver(() => post('ingest', { items: batch.items }), pace))
    if (batch.fetches.length > 0) note(await deliver(() => post('ingest/ai-fetch', batch.fetches), pace))
  }
  return {
    flush,
    stored: () => stored,
    /** Adds one; whether a batch was full and has been sent. */
    async add(
      entry: LogEntry,
      { kind, target }: Exclude<Classified, { kind: 'left_out' }>,
      id: string,
      at: string,
      size: number,
    ): Promise<boolean> {
      const { userAgent: user_agent, referrer } = entry
      if (kind === 'pageview') {
        const url = `https://${hostname}${target}`
        items.push({ id, type: 'pageview', url, referrer, at, visitor_ip: entry.host, user_agent })
        summary.pageviews++
      } else {
        const bytes = entry.bytes === undefined ? {} : { bytes_served: entry.bytes }
        fetches.push({ id, hostname, path: target, user_agent, status_code: entry.status, ...bytes, at })
        summary.ai_fetches++
      }
      length += size
      if (items.length < batchItems && fetches.length < batchItems && length < batchLength) return false
      await flush()
      return true
    },
  }
}
