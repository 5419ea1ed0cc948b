import { confidenceOfPart } from './confidence.ts'
import { type Detector, worst } from './detector.ts'

/** Landing pages of the last 28 days, and the site as a whole. */
export interface LandingFigures {
  readonly visits: number
  readonly bounceRate: number
  readonly pages: readonly { readonly page: string; readonly visits: number; readonly bounceRate: number }[]
}

/** Visits that begin on a page, at least. */
const least = 100
/** How far the bounce rate is above that of the site. */
const above = 0.2
const sure = 0.95

/** Pages that many visits begin on, and far more of them end on than on the site as a whole. */
export const bouncingPages: Detector<LandingFigures> = {
  name: 'bouncing_pages',
  version: 1,
  async read({ figures, month }) {
    const { visits, bounce_rate } = await figures.read('overview', month.query)
    const { rows } = await figures.read('breakdown', `${month.query}&by=entry_page&sort=visits&limit=1000`)
    return {
      visits: visits ?? 0,
      bounceRate: bounce_rate ?? 0,
      pages: rows
        .filter(({ value }) => value !== '')
        .map((row) => ({ page: row.value, visits: row.visits, bounceRate: row.bounce_rate ?? 0 })),
    }
  },
  decide({ visits, bounceRate, pages }) {
    const target = bounceRate + above
    const found = pages.flatMap((page) => {
      const confidence = confidenceOfPart(page.bounceRate, bounceRate, page.visits)
      if (page.visits < least || page.bounceRate <= target || confidence < sure) return []
      return [
        {
          subject: page.page,
          sample: page.visits,
          evidence: [
            { label: 'Visits that began here', value: page.visits },
            { label: 'Bounce rate of the page', value: page.bounceRate },
            { label: 'Bounce rate of the site', value: bounceRate },
          ],
          impact: (page.visits * (page.bounceRate - bounceRate)) / visits,
          confidence,
          action: 'Compare what brings visitors here with what the page answers first, and give it a clear next step.',
          until: { figure: 'Bounce rate of the page', value: page.bounceRate, is: 'at_most' as const, target },
        },
      ]
    })
    return worst(found)
  },
}
