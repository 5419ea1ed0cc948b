import { createHash } from 'node:crypto'
import { HkError } from '@hk-live/sdk/protocol'
import { clean } from '../ingest/index.ts'
import {
  addImported,
  type Beside,
  type Claim,
  claimDays,
  findSite,
  type Group,
  type ImportedSums,
  moveImport,
  type NewFetch,
  type NewItem,
  readAmounts,
  type Site,
  slotOf,
  type StoredImport,
  type Transaction,
} from '../store/index.ts'
import type { Entry, SourceRecord, SourceSetting } from './source.ts'

/** Sums that cost about what an item does to store, and records that a batch holds at most. */
const sumsOfItem = 8
const mostRecords = 20_000

/** From when on a site has rows of its own, in milliseconds since 1970: what is from then on is not imported. */
export interface Since {
  readonly items: number
  readonly fetches: number
}

/** Thrown where an import was undone, or moved on by somebody else, while it was worked on. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

/** Records that are committed together. */
export class Batch {
  readonly #site: Site
  readonly #import: Pick<StoredImport, 'id' | 'source'>
  readonly #since: { readonly day: string; readonly fetches: number }
  readonly #from: number
  readonly #most: number
  #records = 0
  #bytes = 0
  #items: NewItem[] = []
  #fetches: NewFetch[] = []
  #sums: ImportedSums[] = []
  /** Which record an item, a fetch or a sum is of: rows are counted by records. */
  readonly #recordOf = new Map<object, number>()
  #leftOut: Record<string, number> = {}
  #faults: string[] = []
  /** Settings that come with the records; they are made before the batch is committed. */
  readonly settings: SourceSetting[] = []

  /**
   * @param from records that are committed already
   * @param most items that are stored at once, or what costs as much
   */
  constructor(site: Site, of: Pick<StoredImport, 'id' | 'source'>, since: Since, from: number, most: number) {
    this.#site = site
    this.#import = of
    this.#since = { day: dayOr(since.items, site.timezone), fetches: since.fetches }
    this.#from = from
    this.#most = most
  }

  get records(): number {
    return this.#records
  }

  get isFull(): boolean {
    const rows = this.#items.length + this.#fetches.length + this.#sums.length / sumsOfItem
    return rows >= this.#most || this.#records >= mostRecords
  }

  /** Notes that something was left out. */
  leaveOut(reason: string, count = 1): void {
    this.#leftOut[reason] = (this.#leftOut[reason] ?? 0) + count
  }

  add({ entries, bytes }: SourceRecord, received_at: number): void {
    this.#records++
    this.#bytes = bytes
    const overlaps = entries.filter((entry) => this.#addEntry(entry, received_at) === 'overlap')
    if (overlaps.length > 0) this.leaveOut('overlap')
  }

  #addEntry(entry: Entry, received_at: number): 'overlap' | undefined {
    const { site_id, timezone } = this.#site
    // A microsecond apart: items of one instant are in the order of the file.
    const arrived = received_at + this.#items.length / 1_000
    const own = { site_id, received_at: arrived, import_id: this.#import.id }
    const note = <T extends object>(list: T[], row: T) => {
      list.push(row)
      this.#recordOf.set(row, this.#records)
    }
    if ('fault' in entry) {
      this.leaveOut('malformed')
      this.#faults.push(clean(entry.fault, 500))
    } else if ('leftOut' in entry) this.leaveOut(entry.leftOut)
    else if ('setting' in entry) this.settings.push(entry.setting)
    else if ('sums' in entry) {
      if (entry.sums.day >= this.#since.day) return 'overlap'
      note(this.#sums, entry.sums)
    } else if ('fetch' in entry) {
      if (entry.fetch.at >= this.#since.fetches) return 'overlap'
      note(this.#fetches, { ...entry.fetch, ...own })
    } else {
      const { visitor, ...stated } = entry.item
      const { props } = readAmounts(stated.name, stated.props)
      const item = { ...stated, props }
      const { day } = slotOf(item.at, timezone)
      if (day >= this.#since.day) return 'overlap'
      note(this.#items, { ...item, ...own, visitor_id: visitorId(site_id, this.#import.source, day, visitor) })
    }
    return undefined
  }

  /** What is written, and what is done beside it in the same transaction. */
  toWrite(): { group: Group; beside: Beside } {
    const { site_id } = this.#site
    const change = { site_id, kinds: { imports: Math.max(1, this.#sums.length) } }
    return {
      group: { items: this.#items, fetches: this.#fetches },
      beside: { change, within: (tx) => this.#within(tx) },
    }
  }

  async #within(tx: Transaction): Promise<(item: NewItem) => boolean> {
    const { site_id: siteId, timezone } = this.#site
    const { id: importId } = this.#import
    const site = await findSite(tx, siteId)
    if (site !== undefined && site.timezone !== timezone) {
      throw new HkError('conflict', 'The time zone of the site was changed. Send the file again, and it goes on in that one.')
    }
    const dayOf = ({ at }: { at: number }) => slotOf(at, timezone).day
    const claimant = { siteId, importId, timezone }
    const claim = (raw: boolean, days: readonly string[]) => claimDays(tx, { ...claimant, raw }, [...new Set(days)])
    const forItems = await claim(true, this.#items.map(dayOf))
    const forSums = await claim(false, this.#sums.map(({ day }) => day))
    // Worked out anew each time, as a transaction may be tried again.
    const records: Record<Claim, Set<number | undefined>> = { own: new Set(), overlap: new Set(), taken: new Set() }
    const isOwn = (row: object, found: Claim = 'overlap') => {
      records[found].add(this.#recordOf.get(row))
      return found === 'own'
    }
    const sums = this.#sums.filter((row) => isOwn(row, forSums.get(row.day)))
    const items = new Set(this.#items.filter((row) => isOwn(row, forItems.get(dayOf(row)))))
    for (const row of this.#fetches) isOwn(row, 'own')
    const leftOut = { ...this.#leftOut }
    for (const reason of ['overlap', 'taken'] as const) {
      if (records[reason].size > 0) leftOut[reason] = (leftOut[reason] ?? 0) + records[reason].size
    }
    await addImported(tx, siteId, importId, sums)
    const moved = await moveImport(tx, siteId, importId, this.#from, {
      rows: records.own.size,
      done: this.#from + this.#records,
      bytes: this.#bytes,
      days: [...sums.map(({ day }) => day), ...[...items].map(dayOf)],
      dimensions: [...new Set(sums.map(({ dimension }) => dimension))],
      left_out: leftOut,
      faults: this.#faults.slice(0, 10),
    })
    if (!moved) throw new Superseded('This import was undone, or somebody else goes on with it.')
    return (item) => items.has(item)
  }
}

function dayOr(at: number, timezone: string): string {
  return at === Infinity ? '9999-12-31' : slotOf(at, timezone).day
}

/** The id of a visitor of another system on a day: nobody of the site's own, and another on each day. */
function visitorId(siteId: string, source: string, day: string, visitor: string): string {
  const digest = createHash('sha256').update(`${siteId}\n${source}\n${day}\n${visitor}`).digest()
  return digest.readBigInt64BE(0).toString()
}
