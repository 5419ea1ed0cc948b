import { type Opportunity, opportunityStatuses } from '@hk-live/sdk/protocol'
import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'

/** `hk opportunities [run | STATUS ID] --site ID`. */
export async function opportunities(
  api: Api,
  [action = 'list', opportunity]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  const path = `/api/sites/${id}/opportunities`
  if (action === 'list') {
    const { opportunities: rows, last_run } = await api.ask<{ opportunities: Opportunity[]; last_run: string | null }>(
      'GET',
      path,
    )
    const cells = rows.map((row) => [row.id, row.score.toFixed(1), row.status, row.detector, row.subject || '–'])
    return table(cells, last_run === null ? 'Not looked for yet: hk opportunities run' : `Nothing found on ${last_run}.`)
  }
  if (action === 'run') {
    const { found, changed } = await api.ask<{ found: number; changed: number }>('POST', `${path}/run`, {})
    return `Found ${found}; ${changed} changed. List them by "hk opportunities".`
  }
  const status = opportunityStatuses.find((known) => known === action && known !== 'resolved')
  if (status !== undefined && opportunity !== undefined) {
    const row = await api.ask<Opportunity>('PATCH', `${path}/${idFrom(opportunity)}`, { status })
    return `${row.id} is ${row.status}: ${row.action}`
  }
  throw new CommandError('Usage: hk opportunities [run | new ID | saved ID | done ID | dismissed ID] --site ID')
}
