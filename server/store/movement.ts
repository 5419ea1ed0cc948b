import { groupVisitors, type RolledItem, type RollupRow, Tally, tallyVisitor } from './rollup.ts'
import { isRolled, type SiteRules, type StoredItem } from './rollups.ts'
import type { MergedVisit, OwnedVisit } from './visits.ts'

/** What a commit does to visits. */
export interface VisitPlan {
  /** Visits that are new, or that begin with another item than before. */
  readonly begun: readonly OwnedVisit[]
  /** Visits that an item more has only moved on. */
  readonly moved: readonly OwnedVisit[]
  readonly merged: readonly MergedVisit[]
}

/** The rows of some visitors as they are stored before a commit. */
export interface StoredRows {
  readonly visits: readonly OwnedVisit[]
  readonly items: readonly StoredItem[]
}

/**
 * What a commit adds to roll-ups and takes from them: what its visitors make after it, less what they
 * made before it.
 *
 * @param items new items with their visits, of any kind but vitals
 */
export function movementOf(
  rules: ReadonlyMap<string, SiteRules>,
  stored: StoredRows,
  plan: VisitPlan,
  items: readonly StoredItem[],
): RollupRow[] {
  const before = groupVisitors(stored.visits, stored.items)
  const added = groupVisitors([...plan.begun, ...plan.moved], items)
  const successors = new Map(plan.merged.map(({ site_id, gone, kept }) => [site_id + gone, kept]))
  const tally = new Tally()
  for (const [key, { visits: changed, items: fresh }] of added) {
    const [first] = fresh
    const site = first === undefined ? undefined : rules.get(first.site_id)
    if (site === undefined) continue
    const old = before.get(key)
    if (old === undefined) {
      tallyVisitor(tally, 1, site, { visits: changed, items: fresh })
      continue
    }
    const visits = new Map(
      old.visits
        .filter(({ visit_id }) => !successors.has(site.site_id + visit_id))
        .map((visit) => [visit.visit_id, visit]),
    )
    for (const visit of changed) visits.set(visit.visit_id, visit)
    const kept = old.items.map(
      (item): RolledItem => ({
        ...item,
        visit_id: successors.get(site.site_id + item.visit_id) ?? item.visit_id,
      }),
    )
    tallyVisitor(tally, -1, site, old)
    tallyVisitor(tally, 1, site, { visits: [...visits.values()], items: [...kept, ...fresh] })
  }
  return tally.rows().filter((row) => {
    const site = rules.get(row.site_id)
    return site !== undefined && isRolled(site, row)
  })
}
