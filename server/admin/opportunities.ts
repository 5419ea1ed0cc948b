import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { answerOf } from '../openapi/index.ts'
import { type Run, runDetectors } from '../opportunities/index.ts'
import { advance, lastRun, listOpportunities, setOpportunityStatus, settableStatuses, type Site } from '../store/index.ts'
import { defineBody } from './body.ts'
import type { AdminParts } from './parts.ts'

const finding = {
  id: '2b1f0c9d8e7a6b5c4d3e',
  detector: 'bouncing_pages',
  detector_version: 1,
  subject: '/pricing',
  status: 'new',
  first_seen: '2026-11-20',
  last_seen: '2026-11-22',
  sample: 640,
  evidence: [
    { label: 'Visits that began here', value: 640 },
    { label: 'Bounce rate of the page', value: 0.81 },
    { label: 'Bounce rate of the site', value: 0.42 },
  ],
  impact: 0.06,
  confidence: 1,
  score: 6,
  action: 'Compare what brings visitors here with what the page answers first, and give it a clear next step.',
  until: { figure: 'Bounce rate of the page', value: 0.81, is: 'at_most', target: 0.62 },
}

const decision = defineBody(
  t.Object(
    { status: t.Union(settableStatuses.map((status) => t.Literal(status))) },
    { examples: [{ status: 'saved' }] },
  ),
)

/** Findings of a site: listed, decided on, and looked for now. */
export function opportunityRoutes({ sql, access, publish, now }: AdminParts) {
  const running = new Map<string, Promise<Omit<Run, 'versions'>>>()

  async function begin(site: Site): Promise<Omit<Run, 'versions'>> {
    const { versions, ...run } = await runDetectors(sql, site, now())
    publish(versions)
    return run
  }

  /** Runs the detectors, one run of a site at a time: who asks meanwhile waits for it and shares it. */
  function run(site: Site): Promise<Omit<Run, 'versions'>> {
    const { site_id } = site
    const found = running.get(site_id) ?? begin(site).finally(() => running.delete(site_id))
    running.set(site_id, found)
    return found
  }

  return new Elysia({ prefix: '/api/sites/:id/opportunities', detail: { tags: ['opportunities'] } })
    .get(
      '/',
      async ({ request, params }) => {
        const { site_id } = (await access.grant(request, params.id)).site
        const all = { status: undefined, limit: 1_000, offset: 0, search: '', sort: 'score', rising: false } as const
        const { rows } = await listOpportunities(sql, site_id, all)
        return { opportunities: rows, last_run: await lastRun(sql, site_id) }
      },
      {
        detail: {
          summary: 'What the site could do better',
          description:
            'Findings that are not resolved, the best first. The report `opportunities` has the resolved ones too, and pages.',
          responses: answerOf(200, { opportunities: [finding], last_run: '2026-11-22' }),
        },
      },
    )
    .post(
      '/run',
      async ({ request, params }) => run(await access.site(request, params.id, 'manage')),
      {
        parse: 'none',
        detail: {
          summary: 'Run the detectors now',
          description:
            'They also run by themselves once a day. Who asks while they run gets what that run did. On the same data a second run of a day changes nothing.',
          responses: answerOf(200, { day: '2026-11-22', found: 4, changed: 1 }),
        },
      },
    )
    .patch(
      '/:opportunity',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        const { status } = await decision.read(request)
        const [row, versions] = await sql.begin(async (tx) => {
          const moved = await advance(tx, [{ site_id, kinds: { opportunities: 1 } }])
          const set = await setOpportunityStatus(tx, site_id, params.opportunity, status)
          if (set === undefined) throw new HkError('not_found', 'There is no such opportunity.')
          return [set, moved]
        })
        publish(versions)
        return row
      },
      {
        parse: 'none',
        detail: {
          requestBody: decision.requestBody,
          summary: 'Say what becomes of a finding',
          description: 'What is dismissed stays so. What is resolved and comes back is new again, unless it was dismissed.',
          responses: answerOf(200, { ...finding, status: 'saved' }),
        },
      },
    )
}
