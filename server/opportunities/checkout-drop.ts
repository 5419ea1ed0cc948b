import { confidenceOfPart } from './confidence.ts'
import type { Detector, Finding } from './detector.ts'

/** Visitors of a week who began a checkout, and who bought. */
interface CheckoutWeek {
  readonly begun: number
  readonly bought: number
}

/** Checkouts of the newest week, and of the four before it together. */
export interface CheckoutFigures {
  readonly week: CheckoutWeek
  readonly before: CheckoutWeek
}

const begins = ['begin_checkout', 'checkout_started']
const buys = ['purchase', 'order_completed']

/** Checkouts that are looked at, at least: in the week, and in the weeks before it. */
const least = { week: 30, before: 60 }
/** How much of the usual completion must be lost. */
const lost = 0.2
const sure = 0.95

/** The part of checkouts that end in a purchase fell, against the four weeks before. A site sends one of each two names. */
export const checkoutDrop: Detector<CheckoutFigures> = {
  name: 'checkout_drop',
  version: 1,
  async read({ figures, weeks }) {
    const counted = await Array.fromAsync(weeks, async (week): Promise<CheckoutWeek> => {
      const { rows } = await figures.read('breakdown', `${week}&by=event&limit=1000`)
      const visitors = (names: readonly string[]) =>
        rows.filter(({ value }) => names.includes(value)).reduce((sum, row) => sum + row.visitors, 0)
      return { begun: visitors(begins), bought: visitors(buys) }
    })
    const [week = { begun: 0, bought: 0 }, ...earlier] = counted
    const sum = (of: keyof CheckoutWeek) => earlier.reduce((all, one) => all + one[of], 0)
    return { week, before: { begun: sum('begun'), bought: sum('bought') } }
  },
  decide({ week, before }): Finding[] {
    if (week.begun < least.week || before.begun < least.before) return []
    const usual = Math.min(before.bought / before.begun, 1)
    const rate = Math.min(week.bought / week.begun, 1)
    const target = usual * (1 - lost)
    const confidence = confidenceOfPart(rate, usual, week.begun)
    if (rate >= target || confidence < sure) return []
    return [
      {
        subject: '',
        sample: week.begun,
        evidence: [
          { label: 'Checkouts begun in the last 7 days', value: week.begun },
          { label: 'Checkouts completed in the last 7 days', value: week.bought },
          { label: 'Completion rate in the last 7 days', value: rate },
          { label: 'Completion rate in the 28 days before', value: usual },
        ],
        impact: usual - rate,
        confidence,
        action: 'Go through the checkout on a phone and on a desktop, and look at what was changed in it last week.',
        until: { figure: 'Completion rate in the last 7 days', value: rate, is: 'at_least', target },
      },
    ]
  },
}
