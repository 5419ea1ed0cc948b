import type { Dimension } from '@hk-live/sdk/protocol'
import sql, { type Sql } from 'sql-template-tag'
import type { Database } from '../../store/index.ts'
import { importedRows } from '../imported-days.ts'
import { none, type Numbers } from '../numbers.ts'
import type { RolledDay } from '../plan.ts'
import { type Buckets, rolledSource } from '../sources.ts'
import type { Asked } from '../report.ts'

/** Numbers of days that were taken over as sums, by some key. `measured` counts those with bounces and a duration. */
type Keyed<K> = Numbers & { readonly key: K }

/** Reads sums of imported days from Postgres; the days are those that the question counts: see `withImported`. */
async function readSums<K>(postgres: Database, siteId: string, dimension: Dimension | 'total', days: readonly RolledDay[], value?: string): Promise<Keyed<K>[]> {
  // By day where one value is asked for, else by value.
  const key = value === undefined ? postgres`r.value` : postgres`d.at`
  const only = value === undefined ? postgres`` : postgres`and r.key = md5(${value})::uuid`
  const rows = await postgres<(Keyed<string | Date>)[]>`
    select ${key} as key, sum(visitors)::float8 as visitors, sum(visits)::float8 as visits,
           coalesce(sum(bounces), 0)::float8 as bounces, coalesce(sum(duration_ms), 0)::float8 as duration_ms,
           sum(pageviews)::float8 as pageviews, sum(events)::float8 as events,
           coalesce(sum(visits) filter (where bounces is not null), 0)::float8 as measured
    from ${importedRows(postgres, siteId, dimension, days)} ${only}
    group by 1`
  return rows as readonly object[] as Keyed<K>[]
}

/** Numbers of the imported days of a question by bucket, which counts from 1. */
export async function importedByBucket(
  postgres: Database,
  { site, filters, imported = [] }: Pick<Asked, 'site' | 'filters' | 'imported'>,
  { starts, grain }: Buckets,
): Promise<Map<number, Numbers>> {
  const source = imported.length === 0 ? undefined : rolledSource(filters, grain)
  if (source?.value === undefined || source.dimension === 'hour') return new Map()
  const rows = await readSums<Date>(postgres, site.site_id, source.dimension, imported, source.value)
  const sums = new Map<number, Numbers>()
  for (const { key, ...numbers } of rows) {
    const bucket = starts.findLastIndex((start) => start <= key.getTime()) + 1
    sums.set(bucket, addNumbers(sums.get(bucket) ?? none, numbers))
  }
  return sums
}

/** Numbers of the imported days of a question by the values of a dimension, as a query of the engine; `undefined` where there are none. */
export async function importedByValue(
  postgres: Database,
  { site, imported = [] }: Pick<Asked, 'site' | 'imported'>,
  dimension: Dimension,
): Promise<Sql | undefined> {
  if (imported.length === 0) return undefined
  const rows = await readSums<string>(postgres, site.site_id, dimension, imported)
  if (rows.length === 0) return undefined
  const column = (name: keyof Numbers) => sql`unnest(${rows.map((row) => row[name])})::double`
  return sql`
    select unnest(${rows.map(({ key }) => key)}) as value, ${column('visitors')} as visitors, ${column('visits')} as visits,
           ${column('bounces')} as bounces, ${column('duration_ms')} as duration_ms, ${column('pageviews')} as pageviews,
           ${column('events')} as events, ${column('measured')} as measured`
}

/** The sums of two. */
export function addNumbers(a: Numbers, b: Numbers): Numbers {
  return {
    visitors: a.visitors + b.visitors,
    visits: a.visits + b.visits,
    bounces: a.bounces + b.bounces,
    duration_ms: a.duration_ms + b.duration_ms,
    pageviews: a.pageviews + b.pageviews,
    events: a.events + b.events,
    measured: a.measured + b.measured,
  }
}
