import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'

interface StepRow {
  readonly goal?: string
  readonly name?: string
}

interface FunnelRow {
  readonly id: string
  readonly name: string
  readonly steps: readonly StepRow[]
}

/** `hk funnels [add NAME --step page:PATTERN --step event:NAME --step goal:NAME … | remove ID] --site ID`. */
export async function funnels(
  api: Api,
  [action = 'list', word]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  if (action === 'list') {
    const { funnels: rows } = await api.ask<{ funnels: FunnelRow[] }>('GET', `/api/sites/${id}/funnels`)
    const cells = rows.map((row) => [row.id, row.name, stepsOf(row)])
    return table(cells, 'No funnels yet: hk funnels add NAME --step page:/cart --step event:pay')
  }
  if (action === 'add' && word !== undefined && Array.isArray(options.step)) {
    const body = { name: word, steps: options.step.map(stepFrom) }
    const made = await api.ask<FunnelRow>('POST', `/api/sites/${id}/funnels`, body)
    return `Made funnel ${made.id}: ${made.name} (${stepsOf(made)}).`
  }
  if (action === 'remove' && word !== undefined) {
    await api.ask('DELETE', `/api/sites/${id}/funnels/${idFrom(word)}`)
    return `Removed ${word}.`
  }
  throw new CommandError(
    'Usage: hk funnels [add NAME --step page:/cart --step event:pay --step goal:NAME | remove ID] --site ID',
  )
}

function stepsOf({ steps }: FunnelRow): string {
  return steps.map(({ goal, name }) => goal ?? name).join(' → ')
}

function stepFrom(text: string): object {
  const [, kind = '', rest = ''] = /^(page|event|goal):(.+)$/s.exec(text) ?? []
  if (kind === '') {
    throw new CommandError(
      `"${text}" is no step: write page:/cart, event:pay or goal:NAME. For an event with properties make a goal first.`,
    )
  }
  return kind === 'goal' ? { goal: rest } : { type: kind, pattern: rest }
}
