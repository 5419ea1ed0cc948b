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

define('hk-site', HkSite)
define('hk-kpi', HkKpi)
define('hk-chart', HkChart)
define('hk-table', HkTable)
define('hk-live', HkLive)
define('hk-status', HkStatus)


