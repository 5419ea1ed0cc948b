import { metrics } from '@hk-live/sdk/protocol'
import { metricsOf, none, noOutcome } from '../numbers.ts'
import { whole } from '../sources.ts'
import { type Count, selectionOf } from './counted.ts'
import { addNumbers, importedByBucket } from './imported.ts'
import { totalNumbers } from './numbers.ts'
import { outcomesByBucket } from './outcome.ts'

/** The numbers of a range. */
export const countOverview: Count<'overview'> = async (sources, asked) => {
  const selection = selectionOf(sources, asked)
  const outcomes = await outcomesByBucket(selection, whole(asked.span), { ...asked, metrics })
  const own = await totalNumbers(selection)
  const imported = (await importedByBucket(sources.sql, asked, whole(asked.span))).get(1) ?? none
  return metricsOf(addNumbers(own, imported), outcomes.get(0) ?? noOutcome, own.visitors)
}
