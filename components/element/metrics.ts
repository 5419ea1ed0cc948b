import type { Metric } from '@hk-live/sdk'
import { metrics } from '@hk-live/sdk/protocol'
import { unknown } from './scope.ts'

/** How a metric is written, and which way is better: 1 up, -1 down. */
interface Nature {
  unit: 'count' | 'ratio' | 'rate' | 'duration'
  better: 1 | -1
}

/** The nature of each metric. */
export const natures: Readonly<Record<Metric, Nature>> = {
  visitors: { unit: 'count', better: 1 },
  visits: { unit: 'count', better: 1 },
  pageviews: { unit: 'count', better: 1 },
  views_per_visit: { unit: 'ratio', better: 1 },
  bounce_rate: { unit: 'rate', better: -1 },
  visit_duration: { unit: 'duration', better: 1 },
  events: { unit: 'count', better: 1 },
  conversions: { unit: 'count', better: 1 },
  conversion_rate: { unit: 'rate', better: 1 },
  revenue: { unit: 'ratio', better: 1 },
}

/** Whether a name is that of a metric. */
export function isMetric(name: string): name is Metric {
  return Object.hasOwn(natures, name)
}

/** Reads `visitors,pageviews`; what is no metric is left out, see {@link unknownMetric}. */
export function readMetrics(list: string): Metric[] {
  return names(list).filter(isMetric)
}

/** Says which name of a list is no metric. */
export function unknownMetric(list: string): string | undefined {
  const wrong = names(list).find((name) => !isMetric(name))
  return unknown('metric', wrong, metrics)
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim()).filter(Boolean)
}
