import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'

interface ExclusionRow {
  readonly id: string
  readonly type: string
  readonly value: string
  readonly note: string
}

const types = ['address', 'country', 'agent', 'path'] as const

/** `hk exclusions [add (--address A | --country C | --agent TEXT | --path P) [--note N] | remove ID] --site ID`. */
export async function exclusions(
  api: Api,
  [action = 'list', word]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  if (action === 'list') {
    const { exclusions: rows } = await api.ask<{ exclusions: ExclusionRow[] }>('GET', `/api/sites/${id}/exclusions`)
    const cells = rows.map((row) => [row.id, row.type, row.value, row.note || '–'])
    return table(cells, 'No exclusions yet: hk exclusions add --address 203.0.113.7')
  }
  const [type, ...others] = types.filter((name) => typeof options[name] === 'string')
  if (action === 'add' && word === undefined && type !== undefined && others.length === 0) {
    const body = { type, value: options[type], note: options.note }
    const made = await api.ask<ExclusionRow>('POST', `/api/sites/${id}/exclusions`, body)
    return `Made exclusion ${made.id} (${made.type} ${made.value}). What fits is not stored any more, within seconds.`
  }
  if (action === 'remove' && word !== undefined) {
    await api.ask('DELETE', `/api/sites/${id}/exclusions/${idFrom(word)}`)
    return `Removed ${word}.`
  }
  throw new CommandError(
    'Usage: hk exclusions [add (--address A | --country C | --agent TEXT | --path PATTERN) [--note N] | remove ID] --site ID',
  )
}
