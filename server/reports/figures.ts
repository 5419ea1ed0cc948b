import type { ReportData, ReportName } from '@hk-live/sdk/protocol'
import type { Database, Site } from '../store/index.ts'
import { readQuestion } from './question.ts'
import { resolveRange } from './range.ts'
import { registry } from './registry.ts'

/** Reads reports of a site inside of the service: the same figures that anyone is told. */
export interface Figures {
  /** @param query parameters of a report's URL */
  read<N extends ReportName>(report: N, query: string): Promise<ReportData[N]>
}

/** Figures of a site, as a connection sees them. */
export function figuresOf(sql: Database, site: Site, now: number): Figures {
  return {
    read(report, query) {
      const question = readQuestion(new URL(`?${query}`, 'http://localhost'), registry[report], [])
      const span = resolveRange(question, site.timezone, now, now)
      return registry[report].answer(sql, { ...question, site, span, now })
    },
  }
}
