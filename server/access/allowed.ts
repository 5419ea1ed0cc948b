import { HkError, type ReportName } from '@hk-live/sdk/protocol'
import type { Share } from '../store/index.ts'
import type { Grant } from './access.ts'

/** Reports for those who run a site: a share link shows them only where it names them. */
const ownersOwn: ReadonlySet<ReportName> = new Set(['opportunities', 'imports'])

/** Reports that show more than filters let through, or can't be filtered: no link that sees a part of a site has them. */
const ofTheWhole: ReadonlySet<ReportName> = new Set(['visits', 'opportunities', 'imports'])

/** Whether a share link allows a report: of those who are there, and of single visits, only where it says so. */
export function allowsReport({ reports, filters, live, visits }: Share, report: ReportName): boolean {
  const listed = reports?.includes(report) ?? !ownersOwn.has(report)
  const flagged = report === 'live' ? live : report === 'visits' ? visits : true
  return listed && flagged && (filters.length === 0 || !ofTheWhole.has(report))
}

/**
 * Refuses a report that a share link does not allow. Values of properties are whatever a site sends, also what is
 * personal: a link shows them only where it names the report of events.
 *
 * @param query parameters of the question
 * @throws {HkError} `forbidden`
 */
export function demandReport({ share }: Grant, report: ReportName, query: URLSearchParams): void {
  if (share === undefined) return
  if (!allowsReport(share, report)) throw refusal(`the report "${report}"`)
  const raw = report === 'events' && query.getAll('property').some((property) => property !== '')
  if (raw && share.reports === null) throw refusal('the values of properties: its "reports" must name "events"')
}

/**
 * Refuses annotations to a share link that does not show the charts that they belong to, or that sees a part of the
 * site only: they tell of the whole.
 *
 * @throws {HkError} `forbidden`
 */
export function demandAnnotations(share: Share): void {
  if (share.filters.length > 0 || !allowsReport(share, 'timeseries')) throw refusal('annotations')
}

function refusal(what: string): HkError {
  return new HkError('forbidden', `This share link does not allow ${what}.`)
}
