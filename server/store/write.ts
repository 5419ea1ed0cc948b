import type { ItemType, Kind } from '@hk-live/sdk/protocol'
import { slotOf } from './calendar.ts'
import type { Sql, Transaction } from './connect.ts'
import { yieldDays } from './imported.ts'
import { appendFetches, appendItems } from './journal.ts'
import { countLogRows, withoutUndone } from './log-imports.ts'
import { movementOf, type VisitPlan } from './movement.ts'
import { isCommerce, storeOrders } from './orders.ts'
import { keepMovement } from './pending.ts'
import { visitorKey } from './rollup.ts'
import { itemsOfVisitors, rulesOf, type SiteRules, type StoredItem } from './rollups.ts'
import { instant, rowsParameter } from './rows.ts'
import { addToVisits, type Context } from './session.ts'
import { addToSketches, type Measured, samplesOf } from './sketch.ts'
import { advance, type Change, type LockedSite, lockSites, type VersionRow } from './versions.ts'
import { dropVisits, type MergedVisit, moveVisits, type OwnedVisit, saveVisits, visitsOf } from './visits.ts'

/** An item ready to be stored. Times are milliseconds since 1970. */
export interface NewItem {
  readonly site_id: string
  readonly id: string
  readonly type: ItemType
  readonly at: number
  readonly received_at: number
  /** Decimal text of 64 bits: a number would lose some. */
  readonly visitor_id: string
  readonly page: string
  readonly name: string
  readonly value: number | null
  readonly props: Readonly<Record<string, unknown>> | null
  readonly context: Context
  /** The import that brought it; absent where it is the site's own. */
  readonly import_id?: string
  /** The import of an access log that brought it; it is the site's own all the same. */
  readonly log_id?: string
}

/** A request of an AI agent, from a log. */
export interface NewFetch {
  readonly site_id: string
  readonly id: string
  readonly at: number
  readonly received_at: number
  readonly agent: string
  readonly family: string
  readonly category: string
  readonly hostname: string
  readonly path: string
  readonly status: number
  readonly content_type: string
  readonly response_ms: number | null
  readonly bytes_served: number | null
  /** As those of an item. */
  readonly import_id?: string
  readonly log_id?: string
}

/** What is committed together. */
export interface Group {
  readonly items: readonly NewItem[]
  readonly fetches: readonly NewFetch[]
}

/** What a commit did. An item of a site that is gone is not stored; one whose id was known is not new. */
export interface Written {
  readonly versions: readonly VersionRow[]
  /** Sites of the group that do not exist. */
  readonly missing: ReadonlySet<string>
}

/** What is done in the transaction of a group beside storing it. */
export interface Beside {
  /** What of the group's one site changes by it. */
  readonly change: Change
  /** Called once the site is locked, and tells which of the items are stored; what it throws undoes the group. */
  within(tx: Transaction): Promise<(item: NewItem) => boolean>
}

/**
 * The one write transaction: stores a group of items with their visits and moves the version of each
 * site that gained something. All of it or nothing.
 *
 * Writers of one site queue up at its version row, so that what is read here (known ids, the
 * visitors' visits) stays true until the commit.
 */
export async function write(sql: Sql, group: Group, beside?: Beside): Promise<Written> {
  const changed = [...group.items, ...group.fetches, ...(beside === undefined ? [] : [beside.change])]
  const siteIds = [...new Set(changed.map((row) => row.site_id))]
  const visitors = visitorsOf(group.items)
  const [written, remember] = await sql.begin(async (tx): Promise<[Written, () => void]> => {
    const [sites, knownItems, knownFetches, visits, before, rules] = await Promise.all([
      lockSites(tx, siteIds),
      knownIds(tx, 'items', group.items),
      knownIds(tx, 'ai_fetches', group.fetches),
      visitsOf(tx, visitors),
      itemsOfVisitors(tx, visitors),
      rulesOf(tx, group.items),
    ])
    const stays = await beside?.within(tx)
    const lives = await withoutUndone(tx, [...group.items, ...group.fetches])
    const items = fresh(group.items.filter((item) => lives(item) && (stays?.(item) ?? true)), sites, knownItems)
    const fetches = fresh(group.fetches.filter(lives), sites, knownFetches)
    const plan = planVisits(items, visits)
    await yieldImported(tx, rules, items)
    const seqs = new Map([...sites].map(([id, { seq }]) => [id, seq]))
    const [versions, appended] = await Promise.all([
      advance(tx, changesOf(items, fetches, beside?.change)),
      appendItems(tx, items, sites),
      appendFetches(tx, fetches, sites),
      dropVisits(tx, plan.merged),
      saveVisits(tx, plan.begun, seqs),
      moveVisits(tx, plan.moved),
      insertItems(tx, items, plan.visitOf),
      storeOrders(tx, items),
      insertFetches(tx, fetches),
      countLogRows(tx, [...items, ...fetches]),
      keepMovement(tx, movementOf(rules, { visits, items: before }, plan, rolledItems(items, plan.visitOf)), seqs),
      addToSketches(tx, samplesOf(rules, measuredItems(items))),
    ])
    return [{ versions, missing: new Set(siteIds.filter((id) => !sites.has(id))) }, appended]
  })
  remember()
  return written
}

/** Whose visits may change, each once. Vitals change none. */
function visitorsOf(items: readonly NewItem[]): Pick<NewItem, 'site_id' | 'visitor_id'>[] {
  const moving = items.filter(({ type }) => type !== 'vital')
  return [...new Map(moving.map((item) => [visitorKey(item), item])).values()]
}

function fresh<T extends { site_id: string; id: string }>(
  rows: readonly T[],
  sites: ReadonlyMap<string, LockedSite>,
  known: ReadonlySet<string>,
): T[] {
  const seen = new Set(known)
  return rows.filter((row) => {
    const key = row.site_id + row.id
    if (!sites.has(row.site_id) || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

async function knownIds(
  tx: Transaction,
  table: 'items' | 'ai_fetches',
  rows: readonly { site_id: string; id: string }[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const found = await tx<{ key: string }[]>`
    select site_id || id::text as key
    from ${tx(table)}
    where (site_id, id) in (
      select * from unnest(${rows.map((row) => row.site_id)}::text[], ${rows.map((row) => row.id)}::uuid[]))`
  return new Set(found.map((row) => row.key))
}

interface Plan extends VisitPlan {
  readonly begun: OwnedVisit[]
  readonly moved: OwnedVisit[]
  readonly merged: MergedVisit[]
  /** The visit of each new item, by site and item. */
  readonly visitOf: Map<string, string>
}

/** Works out the visits of every visitor of the group. Vitals are measurements: they make no visit. */
function planVisits(items: readonly NewItem[], stored: readonly OwnedVisit[]): Plan {
  const byVisitor = Map.groupBy(items, visitorKey)
  const storedBy = Map.groupBy(stored, visitorKey)
  const plan: Plan = { begun: [], moved: [], merged: [], visitOf: new Map() }
  for (const [key, own] of byVisitor) {
    const [site_id = '', visitor_id = ''] = key.split(' ')
    const session = addToVisits(
      storedBy.get(key) ?? [],
      own.flatMap(({ type, ...item }) => (type === 'vital' ? [] : [{ ...item, type }])),
    )
    const firstOf = new Map(storedBy.get(key)?.map((visit) => [visit.visit_id, visit.first_id]))
    for (const visit of session.visits) {
      const list = firstOf.get(visit.visit_id) === visit.first_id ? plan.moved : plan.begun
      list.push({ ...visit, site_id, visitor_id })
    }
    for (const [gone, kept] of session.merged) plan.merged.push({ site_id, visitor_id, gone, kept })
    for (const [item, visit] of session.visitOf) plan.visitOf.set(site_id + item, visit)
  }
  return plan
}

/** Gives up days of imports on which the site now has items of its own. */
async function yieldImported(
  tx: Transaction,
  rules: ReadonlyMap<string, SiteRules>,
  items: readonly NewItem[],
): Promise<void> {
  for (const { site_id, timezone, imported } of rules.values()) {
    if (imported.size === 0) continue
    const own = items.filter((item) => item.site_id === site_id && item.import_id === undefined)
    const days = new Set(own.map(({ at }) => slotOf(at, timezone).day))
    await yieldDays(tx, site_id, timezone, [...days.intersection(imported)])
  }
}

/** New items as roll-ups need them. */
function rolledItems(items: readonly NewItem[], visitOf: ReadonlyMap<string, string>): StoredItem[] {
  return items.flatMap(({ site_id, visitor_id, id, type, at, page, name, props, context: { hostname } }) => {
    const visit_id = visitOf.get(site_id + id)
    if (type === 'vital' || visit_id === undefined) return []
    return [{ site_id, visitor_id, visit_id, type, at, page, hostname, name, props }]
  })
}

/** New vitals as sketches need them. */
function measuredItems(items: readonly NewItem[]): Measured[] {
  return items.filter(({ type }) => type === 'vital')
}

async function insertItems(
  tx: Transaction,
  items: readonly NewItem[],
  visitOf: ReadonlyMap<string, string>,
): Promise<void> {
  if (items.length === 0) return
  const rows = items.map(({ context, ...item }) => ({
    ...item,
    at: instant(item.at),
    received_at: instant(item.received_at),
    hostname: context.hostname,
    visit_id: visitOf.get(item.site_id + item.id) ?? null,
    ...(item.type === 'vital' && measuredOn(context)),
  }))
  await tx`insert into items select r.* from jsonb_populate_recordset(null::items, ${rowsParameter(tx, rows)}) r`
}

/** What a vital was measured on: no visit knows it for it. */
function measuredOn({ country, region, city, device, browser, os, language }: Context) {
  return { country, region, city, device, browser, os, language }
}

async function insertFetches(tx: Transaction, fetches: readonly NewFetch[]): Promise<void> {
  if (fetches.length === 0) return
  const rows = fetches.map((row) => ({ ...row, at: instant(row.at), received_at: instant(row.received_at) }))
  await tx`insert into ai_fetches select r.* from jsonb_populate_recordset(null::ai_fetches, ${rowsParameter(tx, rows)}) r`
}

/** The kinds that each site gained rows of. */
function changesOf(items: readonly NewItem[], fetches: readonly NewFetch[], beside: Change | undefined): Change[] {
  const bySite = new Map<
    string,
    { site_id: string; kinds: Partial<Record<Kind, number>>; earliest: number }
  >()
  const count = (site_id: string, at: number, kinds: readonly Kind[]) => {
    const change = bySite.get(site_id) ?? { site_id, kinds: {}, earliest: at }
    change.earliest = Math.min(change.earliest, at)
    for (const kind of kinds) change.kinds[kind] = (change.kinds[kind] ?? 0) + 1
    bySite.set(site_id, change)
  }
  for (const item of items) count(item.site_id, item.at, [...kindsOf(item), ...ofImport(item)])
  for (const row of fetches) count(row.site_id, row.at, ['ai_fetch', ...ofImport(row)])
  if (beside === undefined) return [...bySite.values()]
  const own = bySite.get(beside.site_id)
  return [{ ...beside, ...own, kinds: { ...beside.kinds, ...own?.kinds } }]
}

/** A row of a log counts for its import, too. */
function ofImport({ log_id }: Pick<NewItem, 'log_id'>): Kind[] {
  return log_id === undefined ? [] : ['imports']
}

function kindsOf({ type, name }: NewItem): Kind[] {
  if (type === 'vital') return ['web_vitals']
  if (type !== 'event') return ['hits']
  if (isCommerce(name)) return ['events', 'ecommerce']
  return name.startsWith('assistant.') ? ['events', 'ai_chatbots'] : ['events']
}
