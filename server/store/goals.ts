import type { Database, Transaction } from './connect.ts'
import type { Goal } from './goal.ts'
import { readPattern } from './pattern.ts'
import { rowsParameter } from './rows.ts'
import { unroll } from './rollups.ts'
import { newId } from './sites.ts'

/** A goal of a site. */
export interface StoredGoal extends Goal {
  readonly site_id: string
  /** Unique on the site: reports name a goal by it. */
  readonly name: string
  /** What a conversion is worth, in the currency of the site. */
  readonly value: number | null
  readonly created_at: Date
}

/** What can be set of a goal. */
export type GoalSettings = Pick<StoredGoal, 'name' | 'type' | 'pattern' | 'conditions' | 'value'>

/** Lists the goals of a site by their names. */
export function listGoals(sql: Database, siteId: string): Promise<StoredGoal[]> {
  return sql<StoredGoal[]>`
    select site_id, goal_id, name, type, pattern, value::float8 as value, created_at,
           coalesce((
             select json_agg(json_build_object('property', c -> 'property', 'value', c -> 'value') order by n)
             from jsonb_array_elements(conditions) with ordinality as e (c, n)), '[]') as conditions
    from goals
    where site_id = ${siteId}
    order by name collate "C"`
}

/** Makes a goal, in a transaction that holds the version row of its site. */
export async function createGoal(tx: Transaction, siteId: string, settings: GoalSettings): Promise<string> {
  const goal_id = newId()
  await tx`insert into goals ${tx({ site_id: siteId, goal_id, ...columnsOf(tx, settings) })}`
  await unroll(tx, siteId, ['goals'])
  return goal_id
}

/**
 * Changes a goal, in a transaction that holds the version row of its site.
 *
 * @param changes what is set anew; where it decides which items reach the goal, roll-ups of goals are given up
 */
export async function updateGoal(
  tx: Transaction,
  { site_id, goal_id }: StoredGoal,
  changes: Partial<GoalSettings>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await tx`update goals set ${tx(columnsOf(tx, changes))} where site_id = ${site_id} and goal_id = ${goal_id}`
  const { type, pattern, conditions } = changes
  if (type === undefined && pattern === undefined && conditions === undefined) return
  await unroll(tx, site_id, ['goals'])
}

/** Deletes a goal, in a transaction that holds the version row of its site. */
export async function deleteGoal(tx: Transaction, { site_id, goal_id }: StoredGoal): Promise<void> {
  await tx`delete from goals where site_id = ${site_id} and goal_id = ${goal_id}`
  await unroll(tx, site_id, ['goals'])
}

/** Settings with what SQL needs to match items: patterns as `like` takes them. */
function columnsOf(tx: Transaction, { conditions, ...settings }: Partial<GoalSettings>) {
  const { pattern } = settings
  return {
    ...settings,
    ...(pattern === undefined ? {} : { pattern_like: readPattern(pattern).like }),
    ...(conditions === undefined
      ? {}
      : { conditions: rowsParameter(tx, conditions.map((one) => ({ ...one, like: readPattern(one.value).like }))) }),
  }
}
