import { HkError, reportKinds } from '@hk-live/sdk/protocol'
import { lastRun, listOpportunities, opportunitySorts } from '../store/index.ts'
import { demandNoFilters } from './filter.ts'
import type { Report } from './report.ts'

/** Findings of the newest run and of earlier ones, whatever the range; without `status`, those that are not resolved. */
export const opportunities: Report<'opportunities'> = {
  name: 'opportunities',
  kinds: reportKinds.opportunities,
  parameters: ['status', 'limit', 'offset', 'sort', 'search'],
  async answer(sql, { site, filters, status, limit, offset, sort = 'score', search }) {
    demandNoFilters('opportunities', filters)
    const key = opportunitySorts.find((known) => known === sort.replace(/^-/, ''))
    if (key === undefined) {
      const message = `"sort" must be one of ${opportunitySorts.join(', ')}, with - before it to turn it.`
      throw new HkError('bad_request', message, { parameter: 'sort' })
    }
    const page = { status, limit, offset, search, sort: key, rising: sort.startsWith('-') }
    const { rows, total } = await listOpportunities(sql, site.site_id, page)
    return { rows, total, last_run: await lastRun(sql, site.site_id) }
  },
}
