import type { AiRow } from '@hk-live/sdk/protocol'
import { confidenceOfNone, confidenceOfSample } from './confidence.ts'
import { type Detector, type Finding, worst } from './detector.ts'

/** Pages of the last 28 days with what AI agents fetched of them, and the visits that AI assistants referred there. */
export interface AiPageFigures {
  readonly fetches: number
  readonly referred: number
  readonly pages: readonly { readonly page: string; readonly fetches: number; readonly referred: number }[]
}

/** Referred visits of a page that no agent fetches, at least. */
const least = 5
const sure = 0.95

/**
 * Pages that AI agents read and assistants never send anyone to, though the site's other pages would let expect it;
 * and pages that assistants send visitors to though no agent reads them. Nothing is said without a log of fetches.
 */
export const aiPages: Detector<AiPageFigures> = {
  name: 'ai_pages',
  version: 1,
  async read({ figures, month }) {
    const list = (sort: string) =>
      figures.read('ai_visibility', `${month.query}&by=page&limit=1000&sort=${sort}`)
    const [fetched, visited] = [await list('fetches'), await list('referred_visits')]
    const rows = new Map<string, AiRow>()
    for (const row of [...fetched.rows, ...visited.rows]) rows.set(row.value, row)
    return {
      fetches: fetched.fetches,
      referred: fetched.referred_visits,
      pages: [...rows.values()].map((row) => ({
        page: row.value,
        // Of what is not there nothing can be expected.
        fetches: row.fetches - Math.round(row.fetches * ((row.client_error_rate ?? 0) + (row.server_error_rate ?? 0))),
        referred: row.referred_visits ?? 0,
      })),
    }
  },
  decide({ fetches: all, referred: allReferred, pages }) {
    if (all === 0) return []
    const rate = allReferred / all
    const found = pages.flatMap(({ page, fetches, referred }): Finding[] => {
      if (fetches > 0 && referred > 0) return []
      const expected = fetches * rate
      const confidence = fetches > 0 ? confidenceOfNone(expected) : confidenceOfSample(referred, least)
      if (fetches > 0 ? confidence < sure : referred < least) return []
      const evidence = [
        { label: 'Fetches by AI agents', value: fetches },
        { label: 'Visits referred by AI assistants', value: referred },
        { label: 'Visits expected by the rate of the site', value: expected },
      ]
      return [
        fetches > 0
          ? {
              subject: `crawled ${page}`,
              sample: fetches,
              evidence,
              impact: fetches / all,
              confidence,
              action: 'Say early on the page what it answers, with facts that can be quoted and a reason to come and see.',
              until: { figure: 'Visits referred by AI assistants', value: 0, is: 'at_least', target: 1 },
            }
          : {
              subject: `referred ${page}`,
              sample: referred,
              evidence,
              impact: referred / allReferred,
              confidence,
              action: 'See that robots.txt and the firewall let AI agents read this page: what they tell of it is old.',
              until: { figure: 'Fetches by AI agents', value: 0, is: 'at_least', target: 1 },
            },
      ]
    })
    return worst(found)
  },
}
