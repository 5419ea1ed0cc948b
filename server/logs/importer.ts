import type { Pace, Post } from './delivery.ts'
import { isEntry, type LineReader } from './entry.ts'
import { createIdentity } from './identity.ts'
import { readLines } from './lines.ts'
import { createOutbox } from './outbox.ts'
import { classify, type LeftOut } from './request.ts'
import { type LogSource, reasonOf } from './source.ts'
import { type Survey, surveyLog } from './survey.ts'
import { noteUnreadable, type UnreadableLines } from './unreadable-lines.ts'

/** What an import is made of. */
export interface ImportOptions {
  /** The logs, in the order in which they are read; each is opened twice. */
  files: readonly Pick<LogSource, 'name' | 'open'>[]
  /** Id of the site: with the line it makes the item's id. */
  site: string
  /** Host that the log is of, where its lines do not name one. */
  hostname: string
  /** How lines are read; called once for each pass through a file. */
  reader: () => LineReader
  /** Keeps dates as they are; else all are moved so that the newest lies within the last 24 hours. */
  keepDates: boolean
  post: Post
  /** Told what a first look has found, before anything is sent; what it throws ends the import. */
  review?: (surveys: readonly Survey[]) => Promise<void> | void
  onProgress?: (progress: ImportProgress) => void
  now?: () => number
  pace?: Pace
}

/** How far an import is. `bytes` of the present pass, through all files. */
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
  /** Lines that can't be read. */
  malformed: UnreadableLines
  /** Files that could not be read to their end, each in a sentence. */
  damaged: string[]
  /** Items that the service refused: their number, and the first five reasons. */
  rejected: { count: number; examples: string[] }
  /** Whole days that dates were moved by; negative: into the past. */
  shifted_days: number
}

const day = 86_400_000

/**
 * Imports access logs: persons' pages as pageviews, AI agents' requests as fetches. Reads as a stream, in
 * batches of at most 500, one at a time. Lines that can't be read are counted, never fatal, and a file that breaks off
 * leaves the others alone; the same log again adds nothing (see `identity.ts`).
 *
 * @throws {HkError} what {@link deliver} throws: then what was sent before is stored, and running the
 * import again goes on where it matters
 */
export async function importLog(options: ImportOptions): Promise<ImportSummary> {
  const { files, keepDates, reader, review, now = Date.now, onProgress = () => undefined } = options
  const surveys = await surveyAll(options, onProgress)
  await review?.(surveys)
  const newest = Math.max(...surveys.map((survey) => survey.newest ?? Number.NEGATIVE_INFINITY))
  const shifted_days = keepDates || !Number.isFinite(newest) ? 0 : Math.floor((now() - newest) / day)
  const left_out: ImportSummary['left_out'] = {}
  const malformed: UnreadableLines = { count: 0, reasons: {}, examples: [] }
  const damaged: string[] = []
  const outbox = createOutbox(options)
  let lines = 0
  let before = 0

  async function importFile(source: ImportOptions['files'][number]): Promise<void> {
    // Of each file anew: what two files have in common is stored once, in one import or in two.
    const idOf = createIdentity(options.site)
    const { read } = reader()
    let line = 0
    let last = 0
    for await (const { text, bytes } of readLines(bytesOf(source, damaged))) {
      line++
      last = bytes
      const found = text === undefined ? ({ unreadable: 'too_long' } as const) : read(text)
      if (found === 'note') continue
      lines++
      const place = { file: source.name, line, text }
      if (!isEntry(found) || text === undefined) {
        noteUnreadable(malformed, isEntry(found) ? 'format' : found.unreadable, place)
        continue
      }
      const request = classify(found)
      if (request.kind === 'left_out') {
        left_out[request.reason] = (left_out[request.reason] ?? 0) + 1
        continue
      }
      if (request.kind === 'pageview' && found.host === '') {
        noteUnreadable(malformed, 'no_address', place)
        continue
      }
      outbox.add(found, request, idOf(text), found.at + shifted_days * day)
      if (!outbox.full) continue
      await outbox.flush()
      onProgress({ phase: 'import', bytes: before + bytes, lines, stored: outbox.sent.stored })
    }
    before += last
  }

  for (const source of files) await importFile(source)
  await outbox.flush()
  const { stored, pageviews, ai_fetches, rejected } = outbox.sent
  onProgress({ phase: 'done', bytes: 0, lines, stored })
  return { lines, pageviews, ai_fetches, left_out, malformed, damaged, rejected, shifted_days }
}

async function surveyAll(
  { files, reader, keepDates }: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
): Promise<Survey[]> {
  const surveys: Survey[] = []
  let [linesBefore, bytesBefore] = [0, 0]
  for (const source of files) {
    let last = [0, 0] as [lines: number, bytes: number]
    const open = () => bytesOf(source, [])
    const survey = await surveyLog({ name: source.name, open }, reader(), !keepDates, (lines, bytes) => {
      last = [lines, bytes]
      onProgress({ phase: 'dates', bytes: bytesBefore + bytes, lines: linesBefore + lines, stored: 0 })
    })
    linesBefore += last[0]
    bytesBefore += last[1]
    surveys.push(survey)
  }
  return surveys
}

/** The bytes of a file as far as it can be read, and where it can't, why. */
async function* bytesOf({ name, open }: ImportOptions['files'][number], damaged: string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* open()
  } catch (error) {
    damaged.push(`${name} can't be read to its end: ${reasonOf(error)}`)
  }
}
