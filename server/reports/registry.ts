import { HkError, type ReportName } from '@hk-live/sdk/protocol'
import { aiVisibility } from './ai-visibility.ts'
import { breakdown } from './breakdown.ts'
import { funnels } from './funnels.ts'
import { goals } from './goals.ts'
import { chatbots } from './chatbots.ts'
import { ecommerce } from './ecommerce/ecommerce.ts'
import { events } from './events/events.ts'
import { imports } from './imports.ts'
import { live } from './live.ts'
import { opportunities } from './opportunities.ts'
import { overview } from './overview.ts'
import type { Report } from './report.ts'
import { timeseries } from './timeseries.ts'
import { visits } from './visits.ts'
import { webVitals } from './web-vitals.ts'

/** Every report, by its name. A new one joins here and in the protocol, and nowhere else. */
export const registry: { readonly [N in ReportName]: Report<N> } = {
  overview,
  timeseries,
  breakdown,
  live,
  goals,
  funnels,
  visits,
  events,
  ecommerce,
  ai_chatbots: chatbots,
  web_vitals: webVitals,
  ai_visibility: aiVisibility,
  opportunities,
  imports,
}

/** Names of all reports. */
export const reportNames = Object.keys(registry).filter(isReportName)

/** Whether a text is the name of a report. */
export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(registry, name)
}

/**
 * The report of a name.
 *
 * @throws {HkError} `not_found` where there is none
 */
export function demandName(name: string): ReportName {
  if (isReportName(name)) return name
  throw new HkError('not_found', `There is no report "${name}". There are ${reportNames.join(', ')}.`)
}
