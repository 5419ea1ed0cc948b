import type { Dimension } from '@hk-live/sdk/protocol'
import sql, { type Sql } from 'sql-template-tag'
import { isOfItem } from '../filter.ts'
import { type Relation, relationOf, type Selection, within } from './relation.ts'

/**
 * The visits of a selection as a query: those that began in the span and fit; under filters of items, those with an item
 * that fits, whenever that was.
 *
 * @param columns columns of the visit `i`, by what the relation says of dimensions
 * @param wanted dimensions that they read, and whether a place is
 */
export function visitRows(
  selection: Selection,
  columns: (column: Relation['column']) => Sql,
  wanted: readonly (Dimension | 'place')[],
): Sql {
  const { span, filters } = selection
  const { from, where, column } = relationOf(selection, wanted)
  const began = within(sql`i.started_at`, span)
  if (!filters.some(({ dimension }) => isOfItem(dimension))) {
    return sql`select ${columns(column)} from ${from} where i.begins and ${began}${where}`
  }
  return sql`select distinct on (i.visit_id) ${columns(column)} from ${from} where ${began}${where}`
}
