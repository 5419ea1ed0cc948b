import type { Detector, Finding } from './detector.ts'

/** What is set up on a site, by what it has of the last 28 days. */
export interface SetupFigures {
  readonly visits: number
  readonly goals: number
  readonly vitals: number
  readonly fetches: number
}

/** Visits of a site, at least: before, there is nothing to learn from more. */
const least = 100

/** What each gap costs, as a weight: nothing that is counted tells. */
const gaps: readonly {
  readonly of: 'goals' | 'vitals' | 'fetches'
  readonly figure: string
  readonly impact: number
  readonly action: string
}[] = [
  {
    of: 'goals',
    figure: 'Goals',
    impact: 0.5,
    action: 'Set a goal: a page that is reached or an event that is sent when a visit was worth it.',
  },
  {
    of: 'vitals',
    figure: 'Samples of vitals',
    impact: 0.25,
    action: 'Let the tracker measure vitals, so that slow pages are known.',
  },
  {
    of: 'fetches',
    figure: 'Fetches by AI agents',
    impact: 0.25,
    action: 'Send on the log of the server or the edge, so that it is known what AI agents read.',
  },
]

/** What a site with visits has not set up: goals, vitals, the log that tells of AI agents. */
export const setupGaps: Detector<SetupFigures> = {
  name: 'setup_gaps',
  version: 1,
  async read({ sql, site, figures, month }) {
    const [{ goals }] = await sql<[{ goals: number }]>`
      select count(*)::int as goals from goals where site_id = ${site.site_id}`
    const { vitals } = await figures.read('web_vitals', `${month.query}&limit=1`)
    return {
      goals,
      visits: (await figures.read('overview', month.query)).visits ?? 0,
      vitals: Object.values(vitals).reduce((sum, { samples }) => sum + samples, 0),
      fetches: (await figures.read('ai_visibility', `${month.query}&limit=1`)).fetches,
    }
  },
  decide(figures) {
    if (figures.visits < least) return []
    return gaps
      .filter(({ of }) => figures[of] === 0)
      .map(
        ({ of, figure, impact, action }): Finding => ({
          subject: of,
          sample: figures.visits,
          evidence: [
            { label: 'Visits in the last 28 days', value: figures.visits },
            { label: figure, value: 0 },
          ],
          impact,
          confidence: 1,
          action,
          until: { figure, value: 0, is: 'at_least', target: 1 },
        }),
      )
  },
}
