import type { ReportName } from '@hk-live/sdk/protocol'
import { countAiVisibility } from './ai-visibility.ts'
import { countBreakdown } from './breakdown.ts'
import { countChatbots } from './chatbots.ts'
import type { Count } from './counted.ts'
import { countEcommerce } from './ecommerce/ecommerce.ts'
import { countEvents } from './events/events.ts'
import { countFunnels } from './funnels.ts'
import { countGoals } from './goals.ts'
import { countLive } from './live.ts'
import { countOverview } from './overview.ts'
import { countTimeseries } from './timeseries.ts'
import { countVisits } from './visits.ts'
import { countWebVitals } from './web-vitals.ts'

/** Reports that are counted by the engine. */
export const counts: { readonly [N in ReportName]?: Count<N> } = {
  overview: countOverview,
  timeseries: countTimeseries,
  breakdown: countBreakdown,
  goals: countGoals,
  funnels: countFunnels,
  web_vitals: countWebVitals,
  ai_visibility: countAiVisibility,
  visits: countVisits,
  live: countLive,
  events: countEvents,
  ecommerce: countEcommerce,
  ai_chatbots: countChatbots,
}
