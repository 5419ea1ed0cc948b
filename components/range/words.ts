import type { Comparison, RangeName } from '@hk-live/sdk'

/** What the choice of a range says. */
export interface RangeWords {
  range: string
  ranges: Record<RangeName, string>
  from: string
  to: string
  apply: string
  compare: string
  comparisons: Record<Comparison | 'none', string>
}

/** In English. */
export const english: RangeWords = {
  range: 'Range',
  ranges: {
    today: 'Today',
    yesterday: 'Yesterday',
    '24h': 'Last 24 hours',
    '7d': 'Last 7 days',
    '30d': 'Last 30 days',
    '90d': 'Last 90 days',
    '12m': 'Last 12 months',
    month: 'This month',
    last_month: 'Last month',
    year: 'This year',
    all: 'All time',
  },
  from: 'From',
  to: 'To',
  apply: 'Apply',
  compare: 'Compare',
  comparisons: { none: 'No comparison', previous: 'Period before', year: 'Year before' },
}
