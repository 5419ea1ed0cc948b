import { matcherOf } from './pattern.ts'

/** A property of an event that must have a value: a pattern, compared with the value as text. */
export interface GoalCondition {
  readonly property: string
  readonly value: string
}

/** What a visitor may do: view a page, or cause an event. */
export interface Step {
  readonly type: 'page' | 'event'
  /** Pattern of the page's path, or of the event's name. */
  readonly pattern: string
  /** All must hold; of events only. */
  readonly conditions: readonly GoalCondition[]
}

/** What counts as a conversion. */
export interface Goal extends Step {
  readonly goal_id: string
}

/** What of an item decides whether it reaches a goal. */
export interface GoalItem {
  readonly type: 'pageview' | 'event' | 'engagement'
  readonly page: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>> | null
}

const matchers = new WeakMap<Goal, (item: GoalItem) => boolean>()

/** What tells whether an item reaches a goal. */
export function matcherOfGoal(goal: Goal): (item: GoalItem) => boolean {
  const known = matchers.get(goal)
  if (known !== undefined) return known
  const fits = matcherOf(goal.pattern)
  const conditions = goal.conditions.map(({ property, value }) => ({ property, fits: matcherOf(value) }))
  const matcher = ({ type, page, name, props }: GoalItem) => {
    if (goal.type === 'page') return type === 'pageview' && fits(page)
    if (type !== 'event' || !fits(name)) return false
    return conditions.every(({ property, fits: fitsValue }) => {
      const value = Object.hasOwn(props ?? {}, property) ? props?.[property] : undefined
      return value !== undefined && value !== null && typeof value !== 'object' && fitsValue(textOf(value))
    })
  }
  matchers.set(goal, matcher)
  return matcher
}

/** A property's value as the text that Postgres makes of it: numbers without an exponent. */
function textOf(value: unknown): string {
  const text = String(value)
  const [, sign = '', whole = '', part = '', exponent = ''] =
    typeof value === 'number' ? (/^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []) : []
  if (exponent === '') return text
  const digits = whole + part
  const point = 1 + Number(exponent)
  return point > 0 ? sign + digits.padEnd(point, '0') : `${sign}0.${'0'.repeat(-point)}${digits}`
}
