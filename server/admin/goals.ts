import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { answerOf, emptyAnswer, problemsOf } from '../openapi/index.ts'
import {
  createGoal,
  type Database,
  deleteGoal,
  type GoalSettings,
  listFunnels,
  listGoals,
  type StoredGoal,
  type Transaction,
  updateGoal,
} from '../store/index.ts'
import { defineBody } from './body.ts'
import { changeSite, changesOf, demandRoom, domainOf } from './change.ts'
import type { AdminParts } from './parts.ts'
import { checkText } from './settings.ts'
import { checkStep, stepFields, type StepInput } from './steps.ts'

/** Goals of a site at most. */
export const mostGoals = 100
const mostValue = 1e12

const fields = {
  name: t.String({ description: 'Unique on the site: filters and breakdowns name the goal by it.' }),
  ...stepFields,
  value: t.Optional(
    t.Union([t.Number(), t.Null()], { description: 'What a conversion is worth, in the currency of the site.' }),
  ),
}
const creation = defineBody(
  t.Object(fields, {
    examples: [
      { name: 'Signed up', type: 'event', pattern: 'signup', conditions: [{ property: 'plan', value: 'pro*' }], value: 30 },
    ],
  }),
)
const alteration = defineBody(t.Partial(t.Object(fields), { examples: [{ value: 45 }] }))
const example = {
  id: 'k3v9x2m7qa',
  name: 'Signed up',
  type: 'event',
  pattern: 'signup',
  conditions: [{ property: 'plan', value: 'pro*' }],
  value: 30,
  created_at: '2026-11-22T09:30:00.000Z',
}

/**
 * Goals of a site: made, listed, changed and deleted. Reports count a goal from the site's first item on, also one
 * that is made today.
 */
export function goalRoutes(parts: AdminParts) {
  const { sql, access, roll } = parts

  /** Changes goals of a site; roll-ups that are due are begun at once. */
  async function change<T>(siteId: string, by: (tx: Transaction) => Promise<T>) {
    const made = await changeSite(parts, siteId, 'goals', by)
    roll()
    return made
  }

  return new Elysia({ detail: { tags: ['goals'] } })
    .get(
      '/api/sites/:id/goals',
      async ({ request, params }) => {
        const { site } = await access.grant(request, params.id)
        return { goals: (await listGoals(sql, site.site_id)).map(shown) }
      },
      { detail: { summary: 'The goals of a site', description: 'By name.', responses: answerOf(200, { goals: [example] }) } },
    )
    .post(
      '/api/sites/:id/goals',
      async ({ request, params, status }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await creation.read(request)
        const goal = await change(siteId, async (tx) => {
          const settings = checkGoal(body, await domainOf(tx, siteId))
          demandRoom('goal', settings.name, await listGoals(tx, siteId), mostGoals)
          return findGoal(tx, siteId, await createGoal(tx, siteId, settings))
        })
        return status(201, shown(goal))
      },
      {
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make a goal',
          description: 'A goal counts what happened before it was made, too.',
          responses: { ...answerOf(201, example), ...problemsOf('conflict') },
        },
      },
    )
    .get(
      '/api/sites/:id/goals/:goal',
      async ({ request, params }) => {
        const { site } = await access.grant(request, params.id)
        return shown(await findGoal(sql, site.site_id, params.goal))
      },
      { detail: { summary: 'A goal', description: 'What reaches it, and what a conversion is worth.', responses: answerOf(200, example) } },
    )
    .patch(
      '/api/sites/:id/goals/:goal',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await alteration.read(request)
        const goal = await change(siteId, async (tx) => {
          const current = await findGoal(tx, siteId, params.goal)
          const settings = checkGoal({ ...current, ...body }, await domainOf(tx, siteId))
          const others = (await listGoals(tx, siteId)).filter(({ goal_id }) => goal_id !== current.goal_id)
          demandRoom('goal', settings.name, others, mostGoals)
          await updateGoal(tx, current, changesOf<GoalSettings>(current, settings))
          return findGoal(tx, siteId, params.goal)
        })
        return shown(goal)
      },
      {
        parse: 'none',
        detail: {
          requestBody: alteration.requestBody,
          summary: 'Change a goal',
          description: 'Numbers follow the goal as it is now, those of the past too.',
          responses: { ...answerOf(200, { ...example, value: 45 }), ...problemsOf('conflict') },
        },
      },
    )
    .delete(
      '/api/sites/:id/goals/:goal',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        await change(siteId, async (tx) => {
          const goal = await findGoal(tx, siteId, params.goal)
          const user = (await listFunnels(tx, siteId)).find(({ steps }) =>
            steps.some(({ goal_id }) => goal_id === goal.goal_id),
          )
          if (user !== undefined) {
            const message = `The goal "${goal.name}" is a step of the funnel "${user.name}". Change that first.`
            throw new HkError('conflict', message)
          }
          await deleteGoal(tx, goal)
        })
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Delete a goal',
          description: '409 while it is a step of a funnel.',
          responses: { ...emptyAnswer(204, 'It is deleted.'), ...problemsOf('conflict') },
        },
      },
    )
}

async function findGoal(sql: Database, siteId: string, goalId: string): Promise<StoredGoal> {
  const found = (await listGoals(sql, siteId)).find(({ goal_id }) => goal_id === goalId)
  if (found === undefined) throw new HkError('not_found', 'There is no such goal.')
  return found
}

/** Checks what is set of a goal. @throws {HkError} `bad_request` that names the field */
export function checkGoal({
  name = '',
  value = null,
  ...step
}: StepInput & { readonly name?: string | undefined; readonly value?: number | null | undefined }, domain: string): GoalSettings {
  if (value !== null && !(value >= 0 && value <= mostValue)) {
    throw new HkError('bad_request', '"value" must be an amount from 0 up, or null.', { parameter: 'value' })
  }
  return { name: checkText('name', name, 120), ...checkStep(step, domain), value }
}

/** A goal as the API shows it. */
function shown({ goal_id, name, type, pattern, conditions, value, created_at }: StoredGoal) {
  return { id: goal_id, name, type, pattern, conditions, value, created_at }
}
