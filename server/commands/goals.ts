import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'

/** A condition of a goal, as the service shows it. */
interface Condition {
  readonly property: string
  readonly value: string
}

interface GoalRow {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly pattern: string
  readonly conditions: readonly Condition[]
  readonly value: number | null
}

/** `hk goals [add NAME (--page PATTERN | --event NAME [--where PROPERTY=VALUE]…) [--value V] | remove ID] --site ID`. */
export async function goals(
  api: Api,
  [action = 'list', word]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  if (action === 'list') {
    const { goals: rows } = await api.ask<{ goals: GoalRow[] }>('GET', `/api/sites/${id}/goals`)
    const cells = rows.map((row) => [row.id, row.name, aimOf(row), row.value === null ? 'no value' : `worth ${row.value}`])
    return table(cells, 'No goals yet: hk goals add NAME --page PATTERN')
  }
  const { page, event, where, value } = options
  if (action === 'add' && word !== undefined && (typeof page === 'string') !== (typeof event === 'string')) {
    const made = await api.ask<GoalRow>('POST', `/api/sites/${id}/goals`, {
      name: word,
      type: typeof page === 'string' ? 'page' : 'event',
      pattern: page ?? event,
      conditions: Array.isArray(where) ? where.map(conditionFrom) : undefined,
      value: typeof value === 'string' ? amountFrom(value) : undefined,
    })
    return `Made goal ${made.id}: ${made.name} (${aimOf(made)}). It counts what has happened before, too.`
  }
  if (action === 'remove' && word !== undefined) {
    await api.ask('DELETE', `/api/sites/${id}/goals/${idFrom(word)}`)
    return `Removed ${word}.`
  }
  throw new CommandError(
    'Usage: hk goals [add NAME (--page PATTERN | --event NAME [--where PROPERTY=VALUE]) [--value V] | remove ID] --site ID',
  )
}

/** What reaches a goal, in a few words. */
function aimOf({ type, pattern, conditions }: GoalRow): string {
  return [`${type} ${pattern}`, ...conditions.map(({ property, value }) => `${property}=${value}`)].join(', ')
}

function conditionFrom(text: string): Condition {
  const [, property, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (property !== undefined && value !== undefined) return { property, value }
  throw new CommandError(`"${text}" is no condition: write --where PROPERTY=VALUE, as --where plan=pro.`)
}

function amountFrom(text: string): number {
  const amount = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(amount)) return amount
  throw new CommandError(`"${text}" is no amount: write --value 30, in the currency of the site.`)
}
