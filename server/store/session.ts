/** How long a visitor may be quiet within one visit, in milliseconds. */
export const visitGap = 30 * 60 * 1000

/** Where a visit came from, where its visitor was, and with what: that of its first item. */
export interface Context {
  readonly hostname: string
  readonly referrer: string
  readonly source: string
  readonly channel: string
  readonly ai_source: string
  readonly utm_source: string
  readonly utm_medium: string
  readonly utm_campaign: string
  readonly utm_term: string
  readonly utm_content: string
  readonly country: string
  readonly region: string
  readonly city: string
  readonly lat: number | null
  readonly lon: number | null
  readonly device: string
  readonly browser: string
  readonly os: string
  readonly language: string
}

/** A run of one visitor's items with gaps under 30 minutes. Times are milliseconds since 1970. */
export interface Visit {
  readonly visit_id: string
  readonly started_at: number
  readonly last_at: number
  /** The first item, which breaks the tie between two of one instant. */
  readonly first_id: string
  readonly pageviews: number
  readonly events: number
  readonly entry_at: number | null
  readonly entry_page: string
  readonly exit_at: number | null
  readonly exit_page: string
  readonly context: Context
}

/** What a visit is made of: one item of the visitor. */
export interface SessionItem {
  readonly id: string
  readonly type: 'pageview' | 'event' | 'engagement'
  readonly at: number
  readonly page: string
  readonly context: Context
}

/** What new items made of a visitor's visits. */
export interface Session {
  /** Visits that are new or changed. */
  readonly visits: Visit[]
  /** Visits that went up in an earlier one, by the id of that one. */
  readonly merged: ReadonlyMap<string, string>
  /** The visit of each new item, by the item's id. */
  readonly visitOf: ReadonlyMap<string, string>
}

/** The visit that a single item makes by itself. */
function visitFrom(item: SessionItem): Visit {
  const viewed = item.type === 'pageview'
  return {
    visit_id: item.id,
    started_at: item.at,
    last_at: item.at,
    first_id: item.id,
    pageviews: viewed ? 1 : 0,
    events: item.type === 'event' ? 1 : 0,
    entry_at: viewed ? item.at : null,
    entry_page: viewed ? item.page : '',
    exit_at: viewed ? item.at : null,
    exit_page: viewed ? item.page : '',
    context: item.context,
  }
}

/**
 * Joins two parts of one visit. Associative and commutative, ties included, so that a visit is the
 * same in whatever order its items arrived.
 */
function join(a: Visit, b: Visit, visit_id: string): Visit {
  const first = before(a.started_at, a.first_id, b.started_at, b.first_id) ? a : b
  const entry = before(a.entry_at ?? Infinity, a.entry_page, b.entry_at ?? Infinity, b.entry_page) ? a : b
  const exit = before(a.exit_at ?? -Infinity, a.exit_page, b.exit_at ?? -Infinity, b.exit_page) ? b : a
  return {
    visit_id,
    started_at: first.started_at,
    last_at: Math.max(a.last_at, b.last_at),
    first_id: first.first_id,
    pageviews: a.pageviews + b.pageviews,
    events: a.events + b.events,
    entry_at: entry.entry_at,
    entry_page: entry.entry_page,
    exit_at: exit.exit_at,
    exit_page: exit.exit_page,
    context: first.context,
  }
}

/** Order by time, then by text; code units, so that every machine agrees. */
function before(time: number, text: string, otherTime: number, otherText: string): boolean {
  return time < otherTime || (time === otherTime && text <= otherText)
}

/**
 * Adds items to the visits of one visitor, in whatever order they arrive: a late item can begin a
 * visit earlier or join two visits into one. Pure; nothing but the visits that exist is needed.
 */
export function addToVisits(existing: readonly Visit[], items: readonly SessionItem[]): Session {
  const known = new Set(existing.map((visit) => visit.visit_id))
  const parts = [...existing, ...items.map(visitFrom)].toSorted((a, b) => a.started_at - b.started_at)
  const visits: Visit[] = []
  const changed = new Set<string>()
  const successor = new Map<string, string>()
  for (const part of parts) {
    const last = visits.at(-1)
    if (last === undefined || part.started_at - last.last_at >= visitGap) {
      visits.push(part)
      if (!known.has(part.visit_id)) changed.add(part.visit_id)
      continue
    }
    // A visit that is stored keeps its id; of two stored ones, the earlier.
    const kept = known.has(part.visit_id) && !known.has(last.visit_id) ? part : last
    const gone = kept === part ? last : part
    visits[visits.length - 1] = join(last, part, kept.visit_id)
    successor.set(gone.visit_id, kept.visit_id)
    changed.delete(gone.visit_id)
    changed.add(kept.visit_id)
  }
  const follow = (id: string): string => {
    const next = successor.get(id)
    return next === undefined ? id : follow(next)
  }
  return {
    visits: visits.filter((visit) => changed.has(visit.visit_id)),
    merged: new Map([...successor.keys()].filter((id) => known.has(id)).map((id) => [id, follow(id)])),
    visitOf: new Map(items.map((item) => [item.id, follow(item.id)])),
  }
}
