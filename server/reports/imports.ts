import { reportKinds } from '@hk-live/sdk/protocol'
import { listImports } from '../store/index.ts'
import { demandNoFilters } from './filter.ts'
import type { Report } from './report.ts'
import { columnsOf } from './table.ts'

/** Data that was taken over from elsewhere, the newest first: all there is, whatever the range. */
export const imports: Report<'imports'> = {
  name: 'imports',
  kinds: reportKinds.imports,
  parameters: ['limit', 'offset', 'search'],
  about: 'Data that was taken over from elsewhere: its source, its range, its rows and how far it is.',
  example: {
    rows: [
      {
        id: 'm4t9r2x7kc',
        source: 'plausible',
        label: 'Years before',
        state: 'done',
        first_day: '2024-01-01',
        last_day: '2026-10-31',
        rows: 48210,
        created_at: '2026-11-02T09:30:00.000Z',
        finished_at: '2026-11-02T09:31:12.000Z',
      },
    ],
    total: 1,
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'source', 'label', 'state', 'first_day', 'last_day'),
      ...columnsOf('number', 'rows'),
      ...columnsOf('time', 'created_at', 'finished_at'),
    ],
    rows: ({ rows }) => rows,
  },
  async answer(sql, { site, filters, limit, offset, search }) {
    demandNoFilters('imports', filters)
    return listImports(sql, site.site_id, { limit, offset, search })
  },
}
