import type { ReportName } from '@hk-live/sdk/protocol'
import { countBreakdown } from './breakdown.ts'
import { countChatbots } from './chatbots.ts'
import type { Count } from './counted.ts'
import { countEcommerce } from './ecommerce/ecommerce.ts'
import { countEvents } from './events/events.ts'
import { countGoals } from './goals.ts'
import { countOverview } from './overview.ts'
import { countTimeseries } from './timeseries.ts'

/** Reports that are counted by the engine. */
export const counts: { readonly [N in ReportName]?: Count<N> } = {
  overview: countOverview,
  timeseries: countTimeseries,
  breakdown: countBreakdown,
  goals: countGoals,
  events: countEvents,
  ecommerce: countEcommerce,
  ai_chatbots: countChatbots,
}
