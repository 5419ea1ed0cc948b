import { reportKinds } from '@hk-live/sdk/protocol'
import { listImports } from '../store/index.ts'
import { demandNoFilters } from './filter.ts'
import type { Report } from './report.ts'

/** Data that was taken over from elsewhere, the newest first: all there is, whatever the range. */
export const imports: Report<'imports'> = {
  name: 'imports',
  kinds: reportKinds.imports,
  parameters: ['limit', 'offset', 'search'],
  async answer(sql, { site, filters, limit, offset, search }) {
    demandNoFilters('imports', filters)
    return listImports(sql, site.site_id, { limit, offset, search })
  },
}
