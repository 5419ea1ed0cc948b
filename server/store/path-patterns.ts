import type { Transaction } from './connect.ts'
import { normalizePattern } from './path.ts'
import { readPattern } from './pattern.ts'
import { rowsParameter } from './rows.ts'
import { advance } from './versions.ts'

interface Step {
  readonly type?: string
  readonly pattern?: string
}

/**
 * Brings the patterns of pages that were set before into the form in which pages are kept: those of goals, of steps of
 * funnels, and of exclusions. One that no page can fit stays as it is. Rows of pages stay as they are, too.
 *
 * A step of the migrations: its statements are for the tables as they were at that point.
 */
export async function normalizePatterns(tx: Transaction): Promise<void> {
  await normalizeGoals(tx)
  await normalizeFunnels(tx)
  await normalizeExclusions(tx)
}

async function normalizeGoals(tx: Transaction): Promise<void> {
  const goals = await tx<{ site_id: string; goal_id: string; pattern: string; domain: string }[]>`
    select g.site_id, g.goal_id, g.pattern, s.domain from goals g join sites s using (site_id) where g.type = 'page'`
  const sites = new Set<string>()
  for (const { site_id, goal_id, pattern, domain } of goals) {
    const normal = inForm(pattern, domain)
    if (normal === pattern) continue
    sites.add(site_id)
    await tx`
      update goals set pattern = ${normal}, pattern_like = ${readPattern(normal).like}
      where site_id = ${site_id} and goal_id = ${goal_id}`
  }
  await changed(tx, sites, 'goals')
  await invalidateGoals(tx, sites)
}

/** Has roll-ups of goals made anew, in a transaction that holds the version rows: they hold what was counted before. */
export async function invalidateGoals(tx: Transaction, sites: ReadonlySet<string>): Promise<void> {
  await tx`
    insert into unrolled_days (site_id, family, day)
    select s.site_id, 'goals', (first - interval '1 day')::date + day
    from (select site_id, min(at) as first, max(at) as last from items where site_id = any(${[...sites]}::text[]) group by 1) s,
         generate_series(0, extract(day from last - first)::int + 3) day
    on conflict (site_id, family, day) do update set rolling = null`
}

async function normalizeFunnels(tx: Transaction): Promise<void> {
  const funnels = await tx<{ site_id: string; funnel_id: string; steps: Step[]; domain: string }[]>`
    select f.site_id, f.funnel_id, f.steps, s.domain from funnels f join sites s using (site_id)`
  const sites = new Set<string>()
  for (const { site_id, funnel_id, steps, domain } of funnels) {
    const normal = steps.map((step) =>
      step.type === 'page' && step.pattern !== undefined ? { ...step, pattern: inForm(step.pattern, domain) } : step,
    )
    if (normal.every(({ pattern }, index) => pattern === steps[index]?.pattern)) continue
    sites.add(site_id)
    await tx`
      update funnels set steps = ${rowsParameter(tx, normal)} where site_id = ${site_id} and funnel_id = ${funnel_id}`
  }
  await changed(tx, sites, 'funnels')
}

async function normalizeExclusions(tx: Transaction): Promise<void> {
  const exclusions = await tx<{ site_id: string; exclusion_id: string; value: string; domain: string }[]>`
    select e.site_id, e.exclusion_id, e.value, s.domain
    from exclusions e join sites s using (site_id) where e.type = 'path'`
  // Two spellings of one path are one exclusion.
  const known = new Set(exclusions.map(({ site_id, value }) => `${site_id} ${value}`))
  for (const { site_id, exclusion_id, value, domain } of exclusions) {
    const normal = inForm(value, domain)
    if (normal === value) continue
    await (known.has(`${site_id} ${normal}`)
      ? tx`delete from exclusions where site_id = ${site_id} and exclusion_id = ${exclusion_id}`
      : tx`update exclusions set value = ${normal} where site_id = ${site_id} and exclusion_id = ${exclusion_id}`)
    known.add(`${site_id} ${normal}`)
  }
}

/** Who has the kind cached asks again. */
async function changed(tx: Transaction, sites: ReadonlySet<string>, kind: 'goals' | 'funnels'): Promise<void> {
  await advance(tx, [...sites].map((site_id) => ({ site_id, kinds: { [kind]: 0 } })))
}

function inForm(pattern: string, domain: string): string {
  const normal = normalizePattern(pattern, domain)
  return 'pattern' in normal ? normal.pattern : pattern
}
