import { HkError } from '@hk-live/sdk/protocol'
import {
  createAnnotation,
  createFunnel,
  createGoal,
  listAnnotations,
  listFunnels,
  listGoals,
  type Transaction,
} from '../store/index.ts'
import { checkTime, mostAnnotations } from './annotations.ts'
import { changeSite, demandRoom, domainOf } from './change.ts'
import { addExclusion } from './exclusions.ts'
import { checkSteps, mostFunnels } from './funnels.ts'
import { checkGoal, mostGoals } from './goals.ts'
import type { AdminParts } from './parts.ts'
import { checkText } from './settings.ts'
import type { StepInput } from './steps.ts'

/** A setting as a takeout has it: what the API shows of it. */
export interface Restored {
  readonly type: 'goal' | 'funnel' | 'annotation' | 'exclusion'
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * Makes a setting that comes with a takeout, by the rules of the API.
 *
 * @returns `false` where the site has one of that name, or cannot have it
 */
export async function restoreSetting(
  parts: Pick<AdminParts, 'sql' | 'publish' | 'roll'>,
  siteId: string,
  { type, settings }: Restored,
): Promise<boolean> {
  const kind = type === 'goal' || type === 'funnel' ? (`${type}s` as const) : 'settings'
  try {
    await changeSite(parts, siteId, kind, (tx) => makers[type](tx, siteId, settings))
    parts.roll()
    return true
  } catch (error) {
    if (error instanceof HkError && (error.code === 'conflict' || error.code === 'bad_request')) return false
    throw error
  }
}

type Maker = (tx: Transaction, siteId: string, settings: Restored['settings']) => Promise<unknown>

const makers: Readonly<Record<Restored['type'], Maker>> = {
  async goal(tx, siteId, settings) {
    const { name, value } = settings
    const stated = { name: textOf(name), ...stepOf(settings), value: typeof value === 'number' ? value : null }
    const made = checkGoal(stated, await domainOf(tx, siteId))
    demandRoom('goal', made.name, await listGoals(tx, siteId), mostGoals)
    return createGoal(tx, siteId, made)
  },
  async funnel(tx, siteId, settings) {
    const name = checkText('name', textOf(settings.name), 120)
    demandRoom('funnel', name, await listFunnels(tx, siteId), mostFunnels)
    const steps = listOf(settings.steps).map((step) =>
      typeof step.goal === 'string' ? { goal: step.goal } : { name: textOf(step.name), ...stepOf(step) },
    )
    return createFunnel(tx, siteId, { name, steps: checkSteps(steps, await listGoals(tx, siteId), await domainOf(tx, siteId)) })
  },
  async annotation(tx, siteId, settings) {
    const [at, text] = [checkTime(textOf(settings.at)), checkText('text', textOf(settings.text), 500)]
    const others = await listAnnotations(tx, siteId)
    const isThere = others.some((one) => one.text === text && one.at.getTime() === at.getTime())
    if (isThere || others.length >= mostAnnotations) throw new HkError('conflict', 'There is no room for this annotation.')
    return createAnnotation(tx, siteId, { at, text })
  },
  exclusion: (tx, siteId, { type, value, note }) =>
    addExclusion(tx, siteId, { type: textOf(type), value: textOf(value), note: textOf(note) }),
}

function stepOf({ type, pattern, conditions }: Readonly<Record<string, unknown>>): Required<StepInput> {
  return {
    type: textOf(type),
    pattern: textOf(pattern),
    conditions: listOf(conditions).map(({ property, value }) => ({ property: textOf(property), value: textOf(value) })),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(Object) : []
}
