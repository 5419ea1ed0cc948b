import { readAmounts } from './amount.ts'
import type { Transaction } from './connect.ts'
import { commerceEvents } from './orders.ts'
import { invalidateGoals } from './path-patterns.ts'
import { rowsParameter } from './rows.ts'
import { advance } from './versions.ts'

const batch = 1_000

/**
 * Reads amounts of events that were stored before texts as "1.234,56" could be read, and makes orders and refunds of
 * all of them anew. A migration: every site is gone through once.
 */
export async function readStoredAmounts(tx: Transaction): Promise<void> {
  const names = Object.values(commerceEvents).flat()
  const orders = [...commerceEvents.purchase, ...commerceEvents.refund]
  const sites = await tx<{ site_id: string }[]>`select site_id from sites order by site_id`
  /** Sites of which properties of events are others now. */
  const changed = new Set<string>()
  for (const { site_id } of sites) {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const rows = await tx<{ id: string; name: string; props: Record<string, unknown> }[]>`
        select id::text as id, name, props
        from items
        where site_id = ${site_id} and id > ${after}::uuid and type = 'event' and name = any(${names}::text[]) and props is not null
        order by id
        limit ${batch}`
      const read = rows.flatMap(({ id, name, props }) => {
        const { props: now } = readAmounts(name, props)
        return JSON.stringify(now) === JSON.stringify(props) ? [] : [{ site_id, id, props: now }]
      })
      if (read.length > 0) {
        changed.add(site_id)
        await tx`
          update items i
          set props = x.props
          from jsonb_to_recordset(${rowsParameter(tx, read)}) as x (site_id text, id uuid, props jsonb)
          where i.site_id = x.site_id and i.id = x.id`
      }
      if (rows.length < batch) break
      after = rows.at(-1)?.id ?? after
    }
    await tx`delete from orders where site_id = ${site_id}`
    await tx`
      select fill_orders(${site_id}, array_agg(id))
      from items
      where site_id = ${site_id} and type = 'event' and name = any(${orders}::text[])`
  }
  // Who has kept what was reported of them asks again.
  const kindsOf = (siteId: string) => (changed.has(siteId) ? { events: 0, ecommerce: 0 } : { ecommerce: 0 })
  await advance(tx, sites.map(({ site_id }) => ({ site_id, kinds: kindsOf(site_id) })))
  // Goals may ask for a property of an event.
  await invalidateGoals(tx, changed)
}
