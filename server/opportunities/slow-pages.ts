import { type Vital, vitalBounds, vitals } from '@hk-live/sdk/protocol'
import { confidenceOfSample } from './confidence.ts'
import { type Detector, worst } from './detector.ts'

/** A vital of a page over the last 28 days. */
export interface PageVital {
  readonly page: string
  readonly vital: Vital
  readonly p75: number
  readonly samples: number
}

/** Vitals by page, and the samples of each vital in all. */
export interface VitalFigures {
  readonly samples: Readonly<Record<Vital, number>>
  readonly pages: readonly PageVital[]
}

/** Samples of a page, at least. */
const least = 50

const actions: Readonly<Record<Vital, string>> = {
  LCP: 'Load the largest picture or text of the page first: preload it, make it smaller, and let nothing block it.',
  INP: 'Split long tasks of scripts, and do less of them when a visitor clicks or types.',
  CLS: 'Give pictures, ads and embeds their size before they load, and add nothing above what is read.',
  FCP: 'Let fewer style sheets and scripts block the first paint.',
  TTFB: 'Cache the page nearer to visitors, or make its server answer sooner.',
}

/** Pages with traffic whose p75 of a vital is poor. */
export const slowPages: Detector<VitalFigures> = {
  name: 'slow_pages',
  version: 1,
  async read({ figures, month }) {
    const { vitals: all, rows } = await figures.read('web_vitals', `${month.query}&by=page&limit=1000`)
    const of = (vital: Vital) => all[vital].samples
    return {
      samples: { LCP: of('LCP'), INP: of('INP'), CLS: of('CLS'), FCP: of('FCP'), TTFB: of('TTFB') },
      pages: rows.flatMap((row) =>
        vitals.flatMap((vital) => {
          const { p75, samples } = row[vital]
          return p75 === null ? [] : [{ page: row.value, vital, p75, samples }]
        }),
      ),
    }
  },
  decide({ samples: all, pages }) {
    const found = pages.flatMap(({ page, vital, p75, samples }) => {
      const [good, target] = vitalBounds[vital]
      if (samples < least || p75 <= target) return []
      return [
        {
          subject: `${vital} ${page}`,
          sample: samples,
          evidence: [
            { label: `p75 of ${vital}`, value: p75 },
            { label: `Greatest good ${vital}`, value: good },
            { label: 'Samples of the page', value: samples },
          ],
          impact: samples / all[vital],
          confidence: confidenceOfSample(samples, least / 2),
          action: actions[vital],
          until: { figure: `p75 of ${vital}`, value: p75, is: 'at_most' as const, target },
        },
      ]
    })
    return worst(found)
  },
}
