import { formatPosition, type Kind, kinds, parsePosition, type ResyncReason } from '@hk-live/sdk/protocol'
import type { VersionRow } from '../store/index.ts'

/**
 * The version vector: what a site's one row says of its history.
 *
 *     epoch  k3v0x9qa            changes only when positions lose their meaning
 *     seq    42                  commits so far
 *     kinds  hits 42 · events 40 · web_vitals 17 · …    the commit in which each last changed
 *
 * A reader that was last told of commit 40 missed the kinds above 40: `hits`. No history is kept, so
 * none can overflow, and a gap of a month is answered as exactly as one of a second.
 */
export type Version = VersionRow

const coarse = new WeakMap<Version, Version>()

/**
 * A version as it is told to those who see a part of a site only: that something was committed, and when, but neither
 * how many commits there were nor what they changed. In place of its number a commit has its time in milliseconds, which
 * grows with each, and all kinds changed with it.
 */
export function coarseVersion(version: Version): Version {
  const known = coarse.get(version)
  if (known !== undefined) return known
  const seq = version.changed_at.getTime()
  const made: Version = {
    ...version,
    seq,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, { seq, total: 0 }])),
    bucket_start: new Date(seq - (seq % 60_000)),
  }
  coarse.set(version, made)
  return made
}

/** What a caller at some position missed. */
export type Missed =
  | { readonly resync: ResyncReason }
  | { readonly resync?: undefined; readonly kinds: Kind[] }

/** Tells what changed since a position, as the caller wrote it. */
export function missedSince(version: Version, text: string): Missed {
  const position = parsePosition(text)
  if (position === undefined) return { resync: 'malformed' }
  if (position.epoch !== version.epoch) return { resync: 'epoch' }
  if (position.seq > version.seq) return { resync: 'ahead' }
  return { kinds: changedSince(version, position.seq) }
}

/** The kinds that changed after a commit. */
export function changedSince(version: Version, seq: number): Kind[] {
  return kinds.filter((kind) => (version.kinds[kind]?.seq ?? 0) > seq)
}

/** Rows that kinds gained between two versions, where they grew. */
export function gainedSince(version: Version, earlier: Version): Partial<Record<Kind, number>> {
  const gained: Partial<Record<Kind, number>> = {}
  for (const kind of kinds) {
    const rows = (version.kinds[kind]?.total ?? 0) - (earlier.kinds[kind]?.total ?? 0)
    if (rows > 0) gained[kind] = rows
  }
  return gained
}

/** The head of a site as a position on the wire. */
export function headOf(version: Version): string {
  return formatPosition(version)
}

/** The newest commit among some kinds: what a report that depends on them is as new as. */
export function newestOf(version: Version, among: readonly Kind[]): string {
  return formatPosition({ epoch: version.epoch, seq: newestSeq(version, among) })
}

/** The same, as a number. */
export function newestSeq(version: Version, among: readonly Kind[]): number {
  return Math.max(0, ...among.map((kind) => version.kinds[kind]?.seq ?? 0))
}
