import { type Dimension, vitals } from '@hk-live/sdk/protocol'
import sql, { empty, raw, type Sql } from 'sql-template-tag'
import { isOfItem } from '../filter.ts'
import { hidingFilters } from '../visible.ts'
import { conditions, contextDimensions, isIn, originDimensions, type Relation, type Selection, viewOf, visitColumn, within } from './relation.ts'

/**
 * The relation that the vitals `i` of a selection are counted from: its conditions are of the span, too.
 *
 * A vital has the page, the host, the place and the device that it was measured on. Where it came from, entry and exit page
 * are those of the visit that had begun, `''` where none had. Under filters of a share link that hide items, what is asked
 * for sees no more of that visit than `relationOf` shows of it, and nothing of one that the link does not show.
 */
export function vitalsOf({ span, filters }: Pick<Selection, 'span' | 'filters'>, wanted: readonly Dimension[] = []): Relation {
  const used = [...wanted, ...filters.map(({ dimension }) => dimension)]
  const hiding = hidingFilters(filters)
  const isRestricted = hiding.length > 0 && !used.every(isOwn)
  const measured = sql`i.type = 'vital' and i.name = any(${[...vitals]}) and i.value is not null and ${within(sql`i.at_us`, span)}`
  const locked = filters.filter((filter) => filter.locked)
  const named = locked.filter(({ exclude }) => !exclude).map(({ dimension }) => dimension)

  function column(dimension: Dimension, isLocked = false): Sql {
    const own = visitColumn(dimension)
    if (isOwn(dimension)) return own
    if (!isRestricted || isLocked) return sql`coalesce(${own}, '')`
    if (isIn(named, dimension)) return sql`case when s.visit_id is not null then ${own} else '' end`
    if (isIn(originDimensions, dimension)) return sql`case when s.begins then ${own} else '' end`
    return sql`coalesce(s.${raw(dimension)}, '')`
  }

  const shown = isRestricted ? sql` left join (${shownOfVisits({ measured, filters: locked })}) s on s.visit_id = i.visit_id` : empty
  return {
    from: sql`${viewOf(used)} i${shown}`,
    where: sql` and ${measured}${conditions(filters, [], column)}`,
    column,
  }
}

/** Whether a vital has a dimension for itself. */
function isOwn(dimension: Dimension): boolean {
  return isOfItem(dimension) || isIn(contextDimensions, dimension)
}

/** What a share link shows of the visits in which vitals were measured: of those that it shows. */
function shownOfVisits({ measured, filters }: { readonly measured: Sql; readonly filters: Selection['filters'] }): Sql {
  const ofItems = conditions(hidingFilters(filters), [])
  const ofVisits = conditions(filters.filter(({ dimension }) => !isOfItem(dimension)), [])
  const ofView = sql`filter (where i.type = 'pageview'${ofItems})`
  return sql`
    select i.visit_id, bool_or(i.begins${ofItems}) as begins,
           coalesce(arg_min(i.page, (i.at_us, i.id)) ${ofView}, '') as entry_page,
           coalesce(arg_max(i.page, (i.at_us, i.id)) ${ofView}, '') as exit_page
    from items_whole i
    where i.type <> 'vital' and i.visit_id in (select i.visit_id from items i where ${measured})${ofVisits}
    group by i.visit_id`
}
