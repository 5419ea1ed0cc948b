/**
 * Registers all elements, for pages that bundle them or load them as one module.
 *
 * @module
 */
import { define } from './element/define.ts'
import { HkChart } from './chart/chart.ts'
import { HkKpi } from './kpi/kpi.ts'
import { HkLive } from './live/live.ts'
import { HkSite } from './site/site.ts'
import { HkStatus } from './status/status.ts'
import { HkTable } from './table/table.ts'
import { HkAi } from './ai/ai.ts'
import { HkEvents } from './events/events.ts'
import { HkFunnel } from './funnel/funnel.ts'
import { HkGoals } from './goals/goals.ts'
import { HkOpportunities } from './opportunities/opportunities.ts'
import { HkVitals } from './vitals/vitals.ts'
import { HkGlobe } from './globe/globe.ts'
import { HkFeed } from './feed/feed.ts'
import { HkToasts } from './toasts/toasts.ts'
import { HkRange } from './range/range.ts'
import { HkFilters } from './filters/filters.ts'
import { HkDashboard } from './dashboard/dashboard.ts'

define('hk-site', HkSite)
define('hk-kpi', HkKpi)
define('hk-chart', HkChart)
define('hk-table', HkTable)
define('hk-live', HkLive)
define('hk-status', HkStatus)
define('hk-ai', HkAi)
define('hk-events', HkEvents)
define('hk-funnel', HkFunnel)
define('hk-goals', HkGoals)
define('hk-opportunities', HkOpportunities)
define('hk-vitals', HkVitals)
define('hk-globe', HkGlobe)
define('hk-feed', HkFeed)
define('hk-toasts', HkToasts)
define('hk-range', HkRange)
define('hk-filters', HkFilters)
define('hk-dashboard', HkDashboard)
