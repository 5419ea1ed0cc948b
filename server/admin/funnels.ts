import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { answerOf, emptyAnswer, problemsOf } from '../openapi/index.ts'
import {
  createFunnel,
  type Database,
  deleteFunnel,
  type Funnel,
  type FunnelSettings,
  type FunnelStep,
  listFunnels,
  listGoals,
  type StepSetting,
  type StoredGoal,
  updateFunnel,
} from '../store/index.ts'
import { defineBody } from './body.ts'
import { changeSite, demandRoom, domainOf } from './change.ts'
import type { AdminParts } from './parts.ts'
import { checkText } from './settings.ts'
import { checkStep, stepFields, type StepInput } from './steps.ts'

/** Funnels of a site at most. */
export const mostFunnels = 50
const [leastSteps, mostSteps] = [2, 20]

const stepBody = t.Object({
  goal: t.Optional(t.String({ description: 'Name of a goal that the step is, in place of all else.' })),
  name: t.Optional(t.String({ description: 'The pattern where it is left out.' })),
  type: t.Optional(stepFields.type),
  pattern: t.Optional(stepFields.pattern),
  conditions: stepFields.conditions,
})
const fields = {
  name: t.String({ description: 'Unique on the site.' }),
  steps: t.Array(stepBody, { description: `${leastSteps} to ${mostSteps} steps in their order.` }),
}
const checkout = {
  name: 'Checkout',
  steps: [
    { name: 'Cart', type: 'page', pattern: '/cart', conditions: [] },
    { name: 'Pays by card', type: 'event', pattern: 'pay', conditions: [{ property: 'by', value: 'card' }] },
    { goal: 'Bought' },
  ],
}
const creation = defineBody(t.Object(fields, { examples: [checkout] }))
const alteration = defineBody(t.Partial(t.Object(fields), { examples: [{ name: 'Checkout of members' }] }))
const example = { id: 'p8w4c6t2zd', ...checkout, created_at: '2026-11-22T09:30:00.000Z' }

/** Funnels of a site: made, listed, changed and deleted. A step that is a goal follows the goal. */
export function funnelRoutes(parts: AdminParts) {
  const { sql, access } = parts

  return new Elysia({ detail: { tags: ['funnels'] } })
    .get(
      '/api/sites/:id/funnels',
      async ({ request, params }) => {
        const { site } = await access.grant(request, params.id)
        return { funnels: (await listFunnels(sql, site.site_id)).map(shown) }
      },
      { detail: { summary: 'The funnels of a site', description: 'By name.', responses: answerOf(200, { funnels: [example] }) } },
    )
    .post(
      '/api/sites/:id/funnels',
      async ({ request, params, status }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await creation.read(request)
        const funnel = await changeSite(parts, siteId, 'funnels', async (tx) => {
          const name = checkText('name', body.name, 120)
          demandRoom('funnel', name, await listFunnels(tx, siteId), mostFunnels)
          const steps = checkSteps(body.steps, await listGoals(tx, siteId), await domainOf(tx, siteId))
          return findFunnel(tx, siteId, await createFunnel(tx, siteId, { name, steps }))
        })
        return status(201, shown(funnel))
      },
      {
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make a funnel',
          description: 'Steps are done in order of time within a day, each after the one before.',
          responses: { ...answerOf(201, example), ...problemsOf('conflict') },
        },
      },
    )
    .get(
      '/api/sites/:id/funnels/:funnel',
      async ({ request, params }) => {
        const { site } = await access.grant(request, params.id)
        return shown(await findFunnel(sql, site.site_id, params.funnel))
      },
      { detail: { summary: 'A funnel', description: 'Its steps in their order.', responses: answerOf(200, example) } },
    )
    .patch(
      '/api/sites/:id/funnels/:funnel',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await alteration.read(request)
        const funnel = await changeSite(parts, siteId, 'funnels', async (tx) => {
          const current = await findFunnel(tx, siteId, params.funnel)
          const name = body.name === undefined ? current.name : checkText('name', body.name, 120)
          const others = (await listFunnels(tx, siteId)).filter(({ funnel_id }) => funnel_id !== current.funnel_id)
          demandRoom('funnel', name, others, mostFunnels)
          const steps = body.steps && { steps: checkSteps(body.steps, await listGoals(tx, siteId), await domainOf(tx, siteId)) }
          await updateFunnel(tx, current, { name, ...steps })
          return findFunnel(tx, siteId, params.funnel)
        })
        return shown(funnel)
      },
      {
        parse: 'none',
        detail: {
          requestBody: alteration.requestBody,
          summary: 'Change a funnel',
          description: 'Steps that are given replace all steps.',
          responses: { ...answerOf(200, { ...example, name: 'Checkout of members' }), ...problemsOf('conflict') },
        },
      },
    )
    .delete(
      '/api/sites/:id/funnels/:funnel',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        await changeSite(parts, siteId, 'funnels', async (tx) =>
          deleteFunnel(tx, await findFunnel(tx, siteId, params.funnel)),
        )
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Delete a funnel',
          description: 'Goals that are its steps stay.',
          responses: emptyAnswer(204, 'It is deleted.'),
        },
      },
    )
}

async function findFunnel(sql: Database, siteId: string, funnelId: string): Promise<Funnel> {
  const found = (await listFunnels(sql, siteId)).find(({ funnel_id }) => funnel_id === funnelId)
  if (found === undefined) throw new HkError('not_found', 'There is no such funnel.')
  return found
}

/** Checks the steps of a funnel, of which some are goals. @throws {HkError} `bad_request` that names the field */
export function checkSteps(
  inputs: readonly (StepInput & { readonly goal?: string | undefined; readonly name?: string | undefined })[],
  goals: readonly StoredGoal[],
  domain: string,
): FunnelSettings['steps'] {
  if (inputs.length < leastSteps || inputs.length > mostSteps) {
    throw bad('steps', `"steps" must have ${leastSteps} to ${mostSteps} entries.`)
  }
  return inputs.map(({ goal, name, ...input }, index): StepSetting => {
    const prefix = `steps.${index}.`
    if (goal === undefined) {
      const step = checkStep(input, domain, prefix)
      return { name: name === undefined ? step.pattern : checkText(`${prefix}name`, name, 120), ...step }
    }
    if (name !== undefined || Object.values(input).some((value) => value !== undefined)) {
      throw bad(`${prefix}goal`, `"${prefix}goal" says all of a step: leave its other fields out.`)
    }
    const found = goals.find((one) => one.name === goal)
    if (found === undefined) throw bad(`${prefix}goal`, `There is no goal "${goal}". Make it first.`)
    return { goal_id: found.goal_id }
  })
}

/** A funnel as the API shows it, and takes it. */
function shown({ site_id: _, funnel_id, name, steps, created_at }: Funnel) {
  return { id: funnel_id, name, steps: steps.map(shownStep), created_at }
}

function shownStep({ goal_id, name, type, pattern, conditions }: FunnelStep) {
  return goal_id === undefined ? { name, type, pattern, conditions } : { goal: name }
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}
