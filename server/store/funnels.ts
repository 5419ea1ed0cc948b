import type { Database, Transaction } from './connect.ts'
import type { Step } from './goal.ts'
import { rowsParameter } from './rows.ts'
import { newId } from './sites.ts'

/** One step of a funnel. */
export interface FunnelStep extends Step {
  readonly name: string
  /** The goal that the step is, by its id, and has all else from. */
  readonly goal_id?: string
}

/** A step as it is stored: defined in place, or by the goal that it is. */
export type StepSetting = (Step & { readonly name: string }) | { readonly goal_id: string }

/** A funnel of a site: 2 to 20 steps, to be done one after another within a day. */
export interface Funnel {
  readonly site_id: string
  readonly funnel_id: string
  /** Unique on the site. */
  readonly name: string
  readonly steps: readonly FunnelStep[]
  readonly created_at: Date
}

/** What can be set of a funnel. */
export interface FunnelSettings {
  readonly name: string
  readonly steps: readonly StepSetting[]
}

/** Lists the funnels of a site by their names; steps that are goals are as their goals are now. */
export function listFunnels(sql: Database, siteId: string): Promise<Funnel[]> {
  return sql<Funnel[]>`
    select f.site_id, f.funnel_id, f.name, f.created_at, (
             select jsonb_agg(
               case
                 when g.goal_id is null then s
                 else jsonb_build_object('goal_id', g.goal_id, 'name', g.name, 'type', g.type, 'pattern', g.pattern,
                                         'conditions', g.conditions)
               end order by n)
             from jsonb_array_elements(f.steps) with ordinality as e (s, n)
               left join goals g on g.site_id = f.site_id and g.goal_id = s ->> 'goal_id') as steps
    from funnels f
    where f.site_id = ${siteId}
    order by f.name collate "C"`
}

/** Makes a funnel, in a transaction that holds the version row of its site. */
export async function createFunnel(tx: Transaction, siteId: string, settings: FunnelSettings): Promise<string> {
  const funnel_id = newId()
  await tx`insert into funnels ${tx({ site_id: siteId, funnel_id, ...columnsOf(tx, settings) })}`
  return funnel_id
}

/** Changes a funnel, in a transaction that holds the version row of its site. */
export async function updateFunnel(
  tx: Transaction,
  { site_id, funnel_id }: Funnel,
  changes: Partial<FunnelSettings>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await tx`
    update funnels set ${tx(columnsOf(tx, changes))} where site_id = ${site_id} and funnel_id = ${funnel_id}`
}

/** Deletes a funnel, in a transaction that holds the version row of its site. */
export async function deleteFunnel(tx: Transaction, { site_id, funnel_id }: Funnel): Promise<void> {
  await tx`delete from funnels where site_id = ${site_id} and funnel_id = ${funnel_id}`
}

function columnsOf(tx: Transaction, { steps, ...settings }: Partial<FunnelSettings>) {
  return { ...settings, ...(steps === undefined ? {} : { steps: rowsParameter(tx, steps) }) }
}
