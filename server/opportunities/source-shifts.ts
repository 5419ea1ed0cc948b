import { confidenceOfCount } from './confidence.ts'
import { type Detector, type Finding, worst } from './detector.ts'

/** Visits by source, a week each, the newest first. */
export interface SourceFigures {
  readonly weeks: readonly ReadonlyMap<string, number>[]
}

/** Visits of a source in a week, at least: now or usually. */
const least = 50
/** How many times the usual number, or which part of it, is sudden. */
const sudden = { rise: 2, fall: 0.5 }
/** Deviations of the weeks before within which a week is like them. */
const ordinary = 3

/** Sources that bring far more or far fewer visits than in the four weeks before, and than they vary by. */
export const sourceShifts: Detector<SourceFigures> = {
  name: 'source_shifts',
  version: 1,
  async read({ figures, weeks }) {
    return {
      weeks: await Array.fromAsync(weeks, async (week) => {
        const { rows } = await figures.read('breakdown', `${week}&by=source&sort=visits&limit=1000`)
        return new Map(rows.map((row) => [row.value, row.visits]))
      }),
    }
  },
  decide({ weeks }) {
    const [week, ...before] = weeks
    // Of a site that is new, everything is.
    if (week === undefined || before.length === 0 || before.some(({ size }) => size === 0)) return []
    const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)
    const all = Math.max(sum(week.values()), ...before.map((one) => sum(one.values())))
    const found = [...new Set(weeks.flatMap((one) => [...one.keys()]))].flatMap((source): Finding[] => {
      const visits = week.get(source) ?? 0
      const counts = before.map((one) => one.get(source) ?? 0)
      const usual = sum(counts) / counts.length
      const spread = Math.sqrt(sum(counts.map((count) => (count - usual) ** 2)) / counts.length)
      const moved = visits >= usual * sudden.rise || visits <= usual * sudden.fall
      const far = Math.abs(visits - usual) > ordinary * Math.max(spread, Math.sqrt(usual))
      if (Math.max(visits, usual) < least || !moved || !far) return []
      const rise = visits > usual
      return [
        {
          subject: source,
          sample: visits + sum(counts),
          evidence: [
            { label: 'Visits in the last 7 days', value: visits },
            { label: 'Visits in a week of the four before', value: usual },
            { label: 'Deviation of those weeks', value: spread },
          ],
          impact: Math.min(Math.abs(visits - usual) / all, 1),
          confidence: confidenceOfCount(visits, usual),
          action: rise
            ? 'Find out what brings these visits, and lead them on while they come.'
            : 'See whether links, rankings or campaigns of this source are gone, and whether its visits still carry its name.',
          until: {
            figure: 'Visits in the last 7 days, against the four weeks before',
            value: usual === 0 ? visits : visits / usual,
            is: rise ? 'at_most' : 'at_least',
            target: rise ? sudden.rise : sudden.fall,
          },
        },
      ]
    })
    return worst(found)
  },
}
