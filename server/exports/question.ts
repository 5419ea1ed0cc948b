import { oneOf, readQuestion, type ReadQuestion, whole } from '../reports/index.ts'

/** What a report can be exported as. */
export const formats = ['csv', 'json', 'ndjson', 'xlsx', 'parquet'] as const

export type Format = (typeof formats)[number]

/** An export as its URL states it. */
export interface ReadExport {
  readonly format: Format
  /** Whether CSV begins with a byte order mark. */
  readonly bom: boolean
  readonly question: ReadQuestion
  /** How many at most of what the report's `limit` counts; `undefined` where it was not said. */
  readonly limit: number | undefined
  readonly offset: number
}

/** The most that an export has of what `limit` counts. */
export const mostRows = 100_000

/** Parameters that no question has. */
const own = ['format', 'bom']

/** Parameters that mean something else in an export, where the report reads them. */
const paging = ['limit', 'offset']

/**
 * Reads the parameters of an export's URL: those of the question, and its own. CSV begins with a byte order mark, as
 * without it Excel takes UTF-8 for the code page of the machine; `bom=0` leaves it out, for programs that would take it
 * for a part of the first name.
 *
 * @param report the report that is exported
 * @throws {HkError} `bad_request` that names the parameter
 */
export function readExport(
  url: URL,
  report: { readonly name: string; readonly parameters: readonly string[] },
  lockedFilters: readonly string[],
  domain = '',
): ReadExport {
  const text = (name: string) => url.searchParams.get(name) || undefined
  const rest = new URL(url)
  for (const name of [...own, ...paging.filter((one) => report.parameters.includes(one))]) rest.searchParams.delete(name)
  const limit = text('limit')
  return {
    format: oneOf('format', text('format') ?? '', formats) ?? 'csv',
    bom: oneOf('bom', text('bom') ?? '1', ['0', '1']) === '1',
    question: readQuestion(rest, report, lockedFilters, domain),
    limit: limit === undefined ? undefined : whole('limit', limit, mostRows, 1, mostRows),
    offset: whole('offset', text('offset'), 0, 0, 1_000_000),
  }
}
