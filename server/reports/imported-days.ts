import type { Imported } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, importedDays, type ImportedDay, readPattern, type RolledDimension, startOfDay } from '../store/index.ts'
import { type RolledDay, type Selection, wholeDays } from './plan.ts'
import type { Asked, Report } from './report.ts'
import { bucketsOf } from './series.ts'
import { isPartial } from './visible.ts'

/** What an imported day must have numbers by to be counted; or why none can be. */
export type ImportedNeed = readonly RolledDimension[] | { readonly reason: string }

/** What is needed where numbers are asked for as they are, or under one filter that names one value. */
export function needOfNumbers({ filters }: Pick<Selection, 'filters'>): ImportedNeed {
  const [filter, ...more] = filters
  if (filter === undefined) return ['total']
  if (more.length > 0) return { reason: 'Imported days have numbers by one dimension at a time: ask with one filter.' }
  if (filter.exclude || readPattern(filter.value).wild) {
    return { reason: 'Imported days have numbers by single values: ask with a filter that names one.' }
  }
  if (filter.dimension === 'goal') return noGoals
  return [filter.dimension]
}

/** The same where they are asked for by interval. */
export function needOfSeries(asked: Asked): ImportedNeed {
  return bucketsOf(asked.span).grain === 'day'
    ? needOfNumbers(asked)
    : { reason: 'Imported days have no numbers by hour or minute: ask by day or longer.' }
}

/** Said where goals are asked for. */
export const noGoals = { reason: 'Imported days do not say who reached a goal.' }

/** A question with the imported days that its answer counts, and what is said of them beside the answer. */
export interface WithImported {
  readonly asked: Asked
  readonly imported: Imported | undefined
}

/** Finds the imported days of a question: those that can answer it are counted. */
export async function withImported(
  sql: Database,
  report: Pick<Report<never>, 'imported'>,
  asked: Asked,
): Promise<WithImported> {
  const need = report.imported?.(asked)
  const [first, last] = wholeDays(asked.span)
  if (need === undefined || first === undefined || last === undefined) return { asked, imported: undefined }
  const all = await importedDays(sql, asked.site.site_id, first, last)
  if (all.length === 0) return { asked, imported: undefined }
  const answers = ({ raw, dimensions }: ImportedDay) =>
    raw || (!('reason' in need) && need.every((dimension) => dimensions.includes(dimension)))
  const answering = all.filter(answers)
  const counted = isPartial(asked.filters) ? await withRows(sql, asked, need, answering) : answering
  const lacking = all.length - answering.length
  const days = counted
    .filter(({ raw }) => !raw)
    .map(({ day }): RolledDay => ({ day, at: startOfDay(day, asked.site.timezone) }))
  const imports = { ...asked, imported: days }
  // What is not shown of a site is not named either.
  if (isPartial(asked.filters)) return { asked: imports, imported: counted.length > 0 ? describe(counted, true) : undefined }
  const mark = describe(counted.length > 0 ? counted : all, counted.length > 0)
  const reason = 'reason' in need ? need.reason : `${lacking} imported days have no numbers by ${need.join(' or ')}.`
  return {
    asked: imports,
    imported: lacking === 0 ? mark : { ...mark, reason },
  }
}

/**
 * Visitors by a dimension on imported days that have no numbers in all, as where one table alone was taken over. Who has
 * several values counts for each.
 */
export async function visitorsWithoutTotal(
  sql: Database,
  siteId: string,
  dimension: RolledDimension,
  days: readonly RolledDay[] = [],
): Promise<number> {
  if (days.length === 0) return 0
  const [row] = await sql<{ visitors: number }[]>`
    select coalesce(sum(r.visitors), 0)::float8 as visitors
    from ${importedRows(sql, siteId, dimension, days)}
      left join imported_rollups t
        on t.site_id = r.site_id and t.import_id = r.import_id and t.dimension = 'total' and t.day = r.day
    where coalesce(t.visitors, 0) = 0`
  return row?.visitors ?? 0
}

/** Those of some days that have numbers by the one value that a share link shows. */
async function withRows(
  sql: Database,
  { site, filters }: Asked,
  need: ImportedNeed,
  days: readonly ImportedDay[],
): Promise<ImportedDay[]> {
  const [dimension] = 'reason' in need ? [] : need
  const [filter] = filters
  if (dimension === undefined || filter === undefined || days.length === 0) return []
  const starts = days.map(({ day }): RolledDay => ({ day, at: startOfDay(day, site.timezone) }))
  const found = await sql<{ day: string }[]>`
    select distinct d.day::text as day
    from ${importedRows(sql, site.site_id, dimension, starts)} and r.key = md5(${readPattern(filter.value).literal})::uuid`
  const shown = new Set(found.map(({ day }) => day))
  return days.filter(({ day }) => shown.has(day))
}

function describe(days: readonly ImportedDay[], included: boolean): Imported {
  const sources = new Set(days.map(({ source }) => source))
  return {
    included,
    first_day: days[0]?.day ?? '',
    last_day: days.at(-1)?.day ?? '',
    sources: [...sources].toSorted(),
  }
}

/** Sums `r` of imports by a dimension on some days `d`: as `rolledDays`, but bounces and duration may be null. */
export function importedRows(
  sql: Database,
  siteId: string,
  dimension: RolledDimension,
  days: readonly RolledDay[],
): Fragment {
  const names = days.map(({ day }) => day)
  const starts = days.map(({ at }) => new Date(at).toISOString())
  return sql`
    unnest(${names}::date[], ${starts}::timestamptz[]) as d (day, at)
      join imported_days o on o.site_id = ${siteId} and o.day = d.day and not o.native
      join imported_rollups r
        on r.site_id = o.site_id and r.import_id = o.import_id and r.dimension = ${dimension} and r.day = d.day`
}
