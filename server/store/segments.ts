import type { Database, Transaction } from './connect.ts'

/** What segments hold: see the migration. */
export const segmentKinds = ['items', 'fetches', 'orders'] as const

/** See {@link segmentKinds}. */
export type SegmentKind = (typeof segmentKinds)[number]

/** The version of the columns of segments that this service writes, and the newest that it reads. */
export const segmentFormat = 1

/** A segment without its data. Times are milliseconds since 1970. */
export interface Segment {
  readonly site_id: string
  readonly kind: SegmentKind
  readonly from_day: string
  readonly to_day: string
  readonly part: number
  readonly seq: number
  readonly rows: number
  readonly min_at: number
  readonly max_at: number
  readonly format: number
  /** SHA-256 of the data, in hexadecimal. */
  readonly hash: string
}

/** A segment that is to be stored. */
export type NewSegment = Segment & { readonly data: Uint8Array }

/** Lists the segments of a site, in the order of their days. */
export function listSegments(sql: Database, siteId: string): Promise<Segment[]> {
  return sql<Segment[]>`
    select site_id, kind, from_day::text as from_day, to_day::text as to_day, part, seq, rows, format,
           encode(hash, 'hex') as hash,
           (extract(epoch from min_at) * 1000)::float8 as min_at, (extract(epoch from max_at) * 1000)::float8 as max_at
    from segments
    where site_id = ${siteId}
    order by kind, from_day, part`
}

/** Reads the data of a segment; `undefined` where it is there no more. */
export async function readSegment(sql: Database, { site_id, kind, from_day, part, hash }: Segment): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ data: Uint8Array }[]>`
    select data
    from segments
    where site_id = ${site_id} and kind = ${kind} and from_day = ${from_day}::date and part = ${part}
      and hash = decode(${hash}, 'hex')`
  return row?.data
}

/** Stores segments in place of others, in a transaction that holds the version row of their site. */
export async function replaceSegments(tx: Transaction, old: readonly Segment[], fresh: readonly NewSegment[]): Promise<void> {
  for (const { site_id, kind, from_day, part } of old) {
    await tx`
      delete from segments where site_id = ${site_id} and kind = ${kind} and from_day = ${from_day}::date and part = ${part}`
  }
  // One after another: each is some megabytes.
  for (const { data, hash, min_at, max_at, ...row } of fresh) {
    await tx`
      insert into segments ${tx({
        ...row,
        hash: Buffer.from(hash, 'hex'),
        data,
        min_at: new Date(Math.floor(min_at)),
        // Rounded outwards, as it says where to look.
        max_at: new Date(Math.ceil(max_at)),
      })}`
  }
}
