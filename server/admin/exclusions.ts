import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { checkRule } from '../ingest/index.ts'
import { answerOf, emptyAnswer, problemsOf } from '../openapi/index.ts'
import { createExclusion, deleteExclusion, type Exclusion, listExclusions, type Transaction } from '../store/index.ts'
import { defineBody } from './body.ts'
import { changeSite, domainOf } from './change.ts'
import type { AdminParts } from './parts.ts'
import { checkText } from './settings.ts'

const mostExclusions = 200

const fields = {
  type: t.String({ description: '"address", "country", "agent" or "path".', examples: ['address'] }),
  value: t.String({
    description:
      'An address or a CIDR block, of IPv4 or IPv6; the code of a country (ISO 3166-1); a text that the user agent has ' +
      'anywhere, in any case, or with `*` a pattern of the whole of it; a pattern of the path as a goal has it, in any spelling.',
    examples: ['203.0.113.0/24'],
  }),
  note: t.Optional(t.String({ description: 'Why, in at most 200 characters.' })),
}
const creation = defineBody(
  t.Object(fields, { examples: [{ type: 'address', value: '203.0.113.0/24', note: 'Our office' }] }),
)
const example = {
  id: 'w4t7c2n9xm',
  type: 'address',
  value: '203.0.113.0/24',
  note: 'Our office',
  created_at: '2026-11-22T09:30:00.000Z',
}

/**
 * Exclusions of a site: made, listed and deleted. What they fit is answered as all is and not stored, from two seconds
 * after the change on. Only who may manage the site sees them: an address among them may be a person's.
 */
export function exclusionRoutes(parts: AdminParts) {
  const { sql, access } = parts
  return new Elysia({ detail: { tags: ['exclusions'] } })
    .get(
      '/api/sites/:id/exclusions',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        return { exclusions: (await listExclusions(sql, site_id)).map(shown) }
      },
      {
        detail: {
          summary: 'The exclusions of a site',
          description: 'By type and value. With the scope `manage`.',
          responses: answerOf(200, { exclusions: [example] }),
        },
      },
    )
    .post(
      '/api/sites/:id/exclusions',
      async ({ request, params, status }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        const body = await creation.read(request)
        const made = await changeSite(parts, site_id, 'settings', (tx) => addExclusion(tx, site_id, body))
        return status(201, shown(made))
      },
      {
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Exclude what fits',
          description:
            'By every door, within seconds, on every node; requests of AI agents by `agent` and `path` only, as logs do ' +
            'not say more of them. What is stored already stays. The sender is told nothing of it.',
          responses: { ...answerOf(201, example), ...problemsOf('conflict') },
        },
      },
    )
    .delete(
      '/api/sites/:id/exclusions/:exclusion',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        await changeSite(parts, site_id, 'settings', async (tx) => {
          if (await deleteExclusion(tx, site_id, params.exclusion)) return
          throw new HkError('not_found', 'There is no such exclusion.')
        })
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Delete an exclusion',
          description: 'What fits it is stored again from then on.',
          responses: emptyAnswer(204, 'It is deleted.'),
        },
      },
    )
}

/**
 * Makes an exclusion of what was stated.
 *
 * @throws {HkError} `bad_request` that names the field; `conflict` where it is there already, or there is no room
 */
export async function addExclusion(
  tx: Transaction,
  siteId: string,
  stated: { readonly type: string; readonly value: string; readonly note?: string },
): Promise<Exclusion> {
  const rule = checkRule(stated.type, stated.value, await domainOf(tx, siteId))
  const note = stated.note === undefined || stated.note.trim() === '' ? '' : checkText('note', stated.note, 200)
  const others = await listExclusions(tx, siteId)
  if (others.some(({ type, value }) => type === rule.type && value === rule.value)) {
    const message = `There is an exclusion of the ${rule.type} "${rule.value}" already.`
    throw new HkError('conflict', message, { parameter: 'value' })
  }
  if (others.length >= mostExclusions) {
    throw new HkError('conflict', `A site can have ${mostExclusions} exclusions. Delete one to make room.`)
  }
  return createExclusion(tx, siteId, { ...rule, note })
}

/** An exclusion as the API shows it. */
function shown({ exclusion_id, type, value, note, created_at }: Exclusion) {
  return { id: exclusion_id, type, value, note, created_at }
}
