import type { ReportData, ReportName } from '@hk-live/sdk/protocol'
import type { SiteData } from '../../engine/index.ts'
import type { Database, SiteCurrencies, StoredGoal } from '../../store/index.ts'
import type { Asked } from '../report.ts'
import type { Selection } from './relation.ts'

/** What a report is counted from: the engine's data of the site, and what Postgres keeps of it. */
export interface Sources {
  readonly data: SiteData
  readonly sql: Database
  readonly goals: readonly StoredGoal[]
  readonly currencies: SiteCurrencies
}

/** Computes the data of a report. Throws an `HkError` where a parameter does not fit it. */
export type Count<N extends ReportName> = (sources: Sources, asked: Asked) => Promise<ReportData[N]>

/** What a question is about. */
export function selectionOf({ data, goals, currencies }: Sources, { span, filters }: Pick<Asked, 'span' | 'filters'>): Selection {
  return { data, goals, currencies, span, filters }
}
