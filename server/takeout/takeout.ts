import { createGzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import { HkError } from '@hk-live/sdk/protocol'
import { type CutBody, readSnapshot, writeBody } from '../exports/index.ts'
import { takeoutFormat } from '../imports/index.ts'
import {
  fetchLines,
  findImports,
  type FunnelStep,
  itemLines,
  listAnnotations,
  listExclusions,
  listFunnels,
  listGoals,
  listOpportunities,
  type Site,
  type Sql,
  sumLines,
  type Transaction,
} from '../store/index.ts'

/** Takes out all of a site. Disposing cuts what is being written. */
export interface Takeouts extends AsyncDisposable {
  /**
   * Begins to write all of a site, of one moment, as lines of JSON.
   *
   * @param onError told of what fails later
   * @throws {HkError} `rate_limited` where too many are being written
   */
  open(site: Site, coding: 'gzip' | 'identity', onError: (error: unknown) => void): ReadableStream<Uint8Array>
}

/** What takeouts work with, and their bounds: each holds a connection to Postgres, and keeps it from clearing up. */
export interface TakeoutsParts {
  readonly sql: Sql
  readonly now: () => number
  readonly most?: number
  /** Milliseconds for who reads to take the next part. */
  readonly stallMs?: number
  /** Milliseconds that one may take. */
  readonly mostMs?: number
}

const encoder = new TextEncoder()

/** Makes takeouts. */
export function createTakeouts({ sql, now, most = 2, stallMs = 60_000, mostMs = 6 * 3_600_000 }: TakeoutsParts): Takeouts {
  const running = new Set<CutBody>()
  return {
    open(site, coding, onError) {
      if (running.size >= most) {
        const message = `${most} takeouts are being written already. Try again when one is done.`
        throw new HkError('rate_limited', message, { retryAfterMs: 30_000 })
      }
      const reader = readSnapshot(sql, (tx) => readLines(tx, site, now())).getReader()
      const plain = encode(reader)
      const source = coding === 'gzip' ? pipeline(Readable.from(plain), createGzip(), () => undefined) : plain
      const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
      const body = writeBody(chunks, {
        stallMs,
        mostMs,
        onError,
        async onEnd() {
          running.delete(body)
          await reader.cancel().catch(() => undefined)
          // What waits for its next chunk ends when that has come; whether that fails matters to nobody any more.
          chunks.return?.(undefined).catch(() => undefined)
        },
      })
      running.add(body)
      return body.stream
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((body) => body.cut(new Error('The service is going down.'))))
    },
  }
}

async function* encode(texts: ReadableStreamDefaultReader<string>): AsyncGenerator<Uint8Array> {
  for (let next = await texts.read(); !next.done; next = await texts.read()) yield encoder.encode(next.value)
}

/** All of a site, settings first. Nothing that lets anyone in: no tokens, no share links, no salts. */
async function* readLines(tx: Transaction, site: Site, now: number): AsyncGenerator<string> {
  await tx`set local statement_timeout = 0`
  const { site_id, tenant_id: _, ...settings } = site
  let lines = 1
  yield text([{ type: 'takeout', format: takeoutFormat, generated_at: new Date(now).toISOString(), site: { id: site_id, ...settings } }])
  const few = await settingsOf(tx, site_id)
  lines += few.length
  yield text(few)
  for (const rows of [sumLines(tx, site_id), itemLines(tx, site_id), fetchLines(tx, site_id)]) {
    for await (const some of rows) {
      lines += some.length
      yield some.map((line) => `${line}\n`).join('')
    }
  }
  yield text([{ type: 'end', lines: lines + 1 }])
}

function text(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

async function settingsOf(tx: Transaction, siteId: string): Promise<object[]> {
  const all = { status: undefined, limit: 10_000, offset: 0, search: '', sort: 'score', rising: false } as const
  const goals = await listGoals(tx, siteId)
  const funnels = await listFunnels(tx, siteId)
  const annotations = await listAnnotations(tx, siteId)
  const exclusions = await listExclusions(tx, siteId)
  const imports = await findImports(tx, siteId)
  const { rows: opportunities } = await listOpportunities(tx, siteId, all)
  return [
    ...goals.map(({ site_id: _, goal_id: id, ...goal }) => ({ type: 'goal', settings: { id, ...goal } })),
    ...funnels.map(({ funnel_id: id, name, steps, created_at }) => ({
      type: 'funnel',
      settings: { id, name, steps: steps.map(stepOf), created_at },
    })),
    ...annotations.map(({ annotation_id: id, at, text: told, created_at }) => ({
      type: 'annotation',
      settings: { id, at, text: told, created_at },
    })),
    ...exclusions.map(({ site_id: _, exclusion_id: id, ...exclusion }) => ({
      type: 'exclusion',
      settings: { id, ...exclusion },
    })),
    ...imports.map(({ site_id: _, ...row }) => ({ type: 'import', ...row })),
    ...opportunities.map((row) => ({ type: 'opportunity', ...row })),
  ]
}

function stepOf({ goal_id, name, type, pattern, conditions }: FunnelStep): object {
  return goal_id === undefined ? { name, type, pattern, conditions } : { goal: name }
}
