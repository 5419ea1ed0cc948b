import { HkError, type ReportName } from '@hk-live/sdk/protocol'
import { headOf, type Version } from '../changes/index.ts'
import type { Engine } from '../engine/index.ts'
import { comparedSpan, describe, registry, understand, withImported } from '../reports/index.ts'
import type { Site, Sql } from '../store/index.ts'
import { type CutBody, writeBody } from './body.ts'
import { encodeCsv } from './csv.ts'
import { encodeJson, encodeNdjson } from './json.ts'
import { parquetEncoder } from './parquet.ts'
import type { Format, ReadExport } from './question.ts'
import { exportColumns, readRows, type Wanted } from './rows.ts'
import type { Cells, Encode, Sheet } from './sheet.ts'
import { readSnapshot } from './snapshot.ts'
import { encodeXlsx } from './xlsx.ts'

/** A file that is written as it is read. */
export interface Exported {
  readonly name: string
  readonly type: string
  readonly body: ReadableStream<Uint8Array>
}

/** Exports reports. Disposing cuts those that are being written. */
export interface Exports extends AsyncDisposable {
  /**
   * Begins to export a report: its first rows are read, so that what cannot be answered fails here.
   *
   * @param onError told of what fails later
   * @throws {HkError} `rate_limited` where too many are being written, and whatever the report throws
   */
  open(
    site: Site,
    version: Version,
    name: ReportName,
    wanted: ReadExport,
    onError: (error: unknown) => void,
  ): Promise<Exported>
  /** How many are being written. */
  readonly size: number
}

/** Bounds of exports. */
export interface ExportLimits {
  /** How many may be written at once: each holds a connection to Postgres. */
  readonly most?: number
  /** Milliseconds for who reads to take the next part. */
  readonly stallMs?: number
  /** Milliseconds that one may take: so long it holds its connection, and keeps Postgres from clearing up. */
  readonly mostMs?: number
}

/** What exports work with. */
export interface ExportsParts extends ExportLimits {
  readonly sql: Sql
  readonly engine: Engine
  readonly now: () => number
}

const filesWith = (engine: Engine): Readonly<Record<Format, { readonly type: string; readonly encode: Encode }>> => ({
  csv: { type: 'text/csv; charset=utf-8; header=present', encode: encodeCsv },
  json: { type: 'application/json', encode: encodeJson },
  ndjson: { type: 'application/x-ndjson', encode: encodeNdjson },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', encode: encodeXlsx },
  parquet: { type: 'application/vnd.apache.parquet', encode: parquetEncoder(engine) },
})

const retryAfterMs = 10_000

/** Makes exports. The version is read before the data, as that of answers. */
export function createExports({ sql, engine, now, most = 4, stallMs = 60_000, mostMs = 600_000 }: ExportsParts): Exports {
  const files = filesWith(engine)
  const running = new Set<CutBody>()
  let size = 0

  async function begin<N extends ReportName>(wanted: Wanted<N>): Promise<AsyncIterable<readonly Cells[]> & AsyncDisposable> {
    const reader = readSnapshot(sql, (tx) => readRows(tx, wanted)).getReader()
    const first = await reader.read()
    return {
      async *[Symbol.asyncIterator]() {
        for (let next = first; !next.done; next = await reader.read()) yield next.value
      },
      [Symbol.asyncDispose]: () => reader.cancel().catch(() => undefined),
    }
  }

  return {
    get size() {
      return size
    },
    async open(site, version, name, { format, bom, question, limit, offset }, onError) {
      if (size >= most) {
        const message = `${most} exports are being written already. Try again when one is done.`
        throw new HkError('rate_limited', message, { retryAfterMs })
      }
      size++
      const controller = new AbortController()
      await using stack = new AsyncDisposableStack()
      // Last, so that it is counted as long as something is done for it.
      stack.defer(() => void size--)
      const asked = await understand(sql, site, question, now())
      const wanted = { report: registry[name], asked, compare: question.compare, limit, offset }
      const before = comparedSpan(asked.span, question.compare)
      const { imported } = await withImported(sql, registry[name], asked)
      const batches = await begin(wanted)
      const sheet: Sheet = {
        head: {
          report: name,
          site_id: site.site_id,
          version: headOf(version),
          generated_at: new Date(asked.now).toISOString(),
          range: describe(asked.span),
          ...(imported && { imported }),
          ...(before && { compare: { range: describe(before) } }),
        },
        columns: exportColumns(wanted),
        batches,
      }
      const { type, encode } = files[format]
      const chunks = encode(sheet, { bom, signal: controller.signal })[Symbol.asyncIterator]()
      // Whether what nobody waits for fails matters to nobody any more.
      stack.defer(() => chunks.return?.(undefined).then(() => undefined, () => undefined))
      stack.defer(() => batches[Symbol.asyncDispose]())
      stack.defer(() => controller.abort(new Error('Nobody waits for this export any more.')))
      // What fails before the first byte is answered as what it is.
      const first = await chunks.next()
      const parts = stack.move()
      const body = writeBody(startedWith(first, chunks), {
        stallMs,
        mostMs,
        onError,
        async onEnd() {
          running.delete(body)
          await parts.disposeAsync()
        },
      })
      running.add(body)
      return { name: `${nameOf(sheet, site)}.${format}`, type, body: body.stream }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((body) => body.cut(new Error('The service is going down.'))))
    },
  }
}

/** Chunks of which the first has been taken already. */
function startedWith<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncIterator<T> {
  let taken: IteratorResult<T> | undefined = first
  return {
    async next() {
      const next = taken ?? (await rest.next())
      taken = undefined
      return next
    },
  }
}

/** The name of a file: the site, the report, and the first and the last day. */
function nameOf({ head: { report, range } }: Sheet, { domain }: Site): string {
  const day = (at: string, back: number) =>
    Temporal.Instant.from(at).subtract({ milliseconds: back }).toZonedDateTimeISO(range.timezone).toPlainDate().toString()
  return `${domain} ${report} ${day(range.from, 0)} ${day(range.to, 1)}`.replaceAll(' ', '_')
}
