import { metrics } from '@hk-live/sdk/protocol'
import { metricsOf, noOutcome } from '../numbers.ts'
import { whole } from '../sources.ts'
import { type Count, selectionOf } from './counted.ts'
import { totalNumbers } from './numbers.ts'
import { outcomesByBucket } from './outcome.ts'

/** The numbers of a range. */
export const countOverview: Count<'overview'> = async (sources, asked) => {
  const { site, span, currency = site.currency } = asked
  const selection = selectionOf(sources, asked)
  const outcomes = await outcomesByBucket(selection, whole(span), { metrics, currency })
  const own = await totalNumbers(selection)
  return metricsOf(own, outcomes.get(0) ?? noOutcome, own.visitors)
}
