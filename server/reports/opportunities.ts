import { reportKinds } from '@hk-live/sdk/protocol'
import { lastRun, listOpportunities, opportunitySorts } from '../store/index.ts'
import { demandNoFilters } from './filter.ts'
import { readOrder } from './order.ts'
import type { Report } from './report.ts'
import { columnsOf } from './table.ts'

/** Findings of the newest run and of earlier ones, whatever the range; without `status`, those that are not resolved. */
export const opportunities: Report<'opportunities'> = {
  name: 'opportunities',
  kinds: reportKinds.opportunities,
  parameters: ['status', 'limit', 'offset', 'sort', 'search'],
  about: 'What a site could do better: findings of detectors with their evidence, what to do, and when they go away.',
  example: {
    rows: [
      {
        id: '2b1f0c9d8e7a6b5c4d3e',
        detector: 'bouncing_pages',
        detector_version: 1,
        subject: '/pricing',
        status: 'new',
        first_seen: '2026-11-20',
        last_seen: '2026-11-22',
        sample: 640,
        evidence: [{ label: 'Bounce rate of the page', value: 0.81 }],
        impact: 0.06,
        confidence: 1,
        score: 6,
        action: 'Compare what brings visitors here with what the page answers first, and give it a clear next step.',
        until: { figure: 'Bounce rate of the page', value: 0.81, is: 'at_most', target: 0.62 },
      },
    ],
    total: 1,
    last_run: '2026-11-22',
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'detector', 'subject', 'status', 'first_seen', 'last_seen'),
      ...columnsOf('number', 'sample', 'impact', 'confidence', 'score'),
      ...columnsOf('text', 'action', 'figure'),
      ...columnsOf('number', 'value', 'target'),
    ],
    rows: ({ rows }) => rows.map(({ until: { figure, value, target }, ...row }) => ({ ...row, figure, value, target })),
  },
  async answer(sql, { site, filters, status, limit, offset, sort, search }) {
    demandNoFilters('opportunities', filters)
    const { column, rising } = readOrder(sort, opportunitySorts)
    const page = { status, limit, offset, search, sort: column, rising }
    const { rows, total } = await listOpportunities(sql, site.site_id, page)
    return { rows, total, last_run: await lastRun(sql, site.site_id) }
  },
}
