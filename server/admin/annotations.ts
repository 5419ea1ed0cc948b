import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { demandAnnotations } from '../access/index.ts'
import { answerOf, emptyAnswer, problemsOf } from '../openapi/index.ts'
import {
  type Annotation,
  type AnnotationSettings,
  createAnnotation,
  type Database,
  deleteAnnotation,
  listAnnotations,
  updateAnnotation,
} from '../store/index.ts'
import { defineBody } from './body.ts'
import { changeSite } from './change.ts'
import type { AdminParts } from './parts.ts'
import { checkText } from './settings.ts'

/** Annotations of a site at most. */
export const mostAnnotations = 1_000

const fields = {
  at: t.Optional(t.String({ description: 'RFC 3339; now where it is left out.' })),
  text: t.String({ description: 'What happened then, in at most 500 characters.' }),
}
const creation = defineBody(
  t.Object(fields, { examples: [{ at: '2026-11-22T09:30:00Z', text: 'Version 2 is out' }] }),
)
const alteration = defineBody(t.Partial(t.Object(fields), { examples: [{ text: 'Version 2.1 is out' }] }))
const example = {
  id: 'h5n2r8y4wb',
  at: '2026-11-22T09:30:00.000Z',
  text: 'Version 2 is out',
  created_at: '2026-11-22T09:31:12.000Z',
}
const listed = {
  description: 'By their time.',
  responses: answerOf(200, { annotations: [example] }),
}

/** Annotations of a site: made, listed, changed and deleted. Whoever may read its charts may read them. */
export function annotationRoutes(parts: AdminParts) {
  const { sql, access, now } = parts

  async function list(siteId: string) {
    return { annotations: (await listAnnotations(sql, siteId)).map(shown) }
  }

  return new Elysia({ detail: { tags: ['annotations'] } })
    .get(
      '/api/sites/:id/annotations',
      async ({ request, params }) => list((await access.grant(request, params.id)).site.site_id),
      { detail: { ...listed, summary: 'The annotations of a site' } },
    )
    .get(
      '/api/share/:token/sites/:id/annotations',
      async ({ request, params }) => {
        const { site, share } = await access.share(request, params.token, params.id)
        demandAnnotations(share)
        return list(site.site_id)
      },
      {
        detail: {
          ...listed,
          summary: 'The annotations of a shared site',
          description: 'By their time. For share links without filters that allow the report `timeseries`.',
        },
      },
    )
    .post(
      '/api/sites/:id/annotations',
      async ({ request, params, status }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await creation.read(request)
        const annotation = await changeSite(parts, siteId, 'settings', async (tx) => {
          const text = checkText('text', body.text, 500)
          const at = body.at === undefined ? new Date(now()) : checkTime(body.at)
          if ((await listAnnotations(tx, siteId)).length >= mostAnnotations) {
            const message = `A site can have ${mostAnnotations} annotations. Delete one to make room.`
            throw new HkError('conflict', message)
          }
          return findAnnotation(tx, siteId, await createAnnotation(tx, siteId, { at, text }))
        })
        return status(201, shown(annotation))
      },
      {
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make an annotation',
          description: 'Charts show it at its time.',
          responses: { ...answerOf(201, example), ...problemsOf('conflict') },
        },
      },
    )
    .get(
      '/api/sites/:id/annotations/:annotation',
      async ({ request, params }) => {
        const { site } = await access.grant(request, params.id)
        return shown(await findAnnotation(sql, site.site_id, params.annotation))
      },
      { detail: { summary: 'An annotation', description: 'What happened, and when.', responses: answerOf(200, example) } },
    )
    .patch(
      '/api/sites/:id/annotations/:annotation',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        const body = await alteration.read(request)
        const annotation = await changeSite(parts, siteId, 'settings', async (tx) => {
          const changes: Partial<AnnotationSettings> = {
            ...(body.at === undefined ? {} : { at: checkTime(body.at) }),
            ...(body.text === undefined ? {} : { text: checkText('text', body.text, 500) }),
          }
          await updateAnnotation(tx, await findAnnotation(tx, siteId, params.annotation), changes)
          return findAnnotation(tx, siteId, params.annotation)
        })
        return shown(annotation)
      },
      {
        parse: 'none',
        detail: {
          requestBody: alteration.requestBody,
          summary: 'Change an annotation',
          description: 'What is left out stays.',
          responses: answerOf(200, { ...example, text: 'Version 2.1 is out' }),
        },
      },
    )
    .delete(
      '/api/sites/:id/annotations/:annotation',
      async ({ request, params }) => {
        const { site_id: siteId } = await access.site(request, params.id, 'manage')
        await changeSite(parts, siteId, 'settings', async (tx) =>
          deleteAnnotation(tx, await findAnnotation(tx, siteId, params.annotation)),
        )
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Delete an annotation',
          description: 'Nothing else changes.',
          responses: emptyAnswer(204, 'It is deleted.'),
        },
      },
    )
}

async function findAnnotation(sql: Database, siteId: string, id: string): Promise<Annotation> {
  const found = (await listAnnotations(sql, siteId)).find(({ annotation_id }) => annotation_id === id)
  if (found === undefined) throw new HkError('not_found', 'There is no such annotation.')
  return found
}

/** Checks the time of an annotation. @throws {HkError} `bad_request` */
export function checkTime(text: string): Date {
  try {
    const at = Temporal.Instant.from(text).epochMilliseconds
    if (at >= 0 && at < Date.UTC(2200, 0)) return new Date(at)
  } catch {
    // Said below.
  }
  throw new HkError('bad_request', '"at" must be a time from 1970 to 2199, as 2026-11-22T09:30:00Z.', {
    parameter: 'at',
  })
}

/** An annotation as the API shows it. */
function shown({ site_id: _, annotation_id, ...annotation }: Annotation) {
  return { id: annotation_id, ...annotation }
}
