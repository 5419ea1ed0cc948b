import type { Rating, Vital } from '@hk-live/sdk'

/** What vitals say. */
export interface VitalWords {
  title: string
  names: Record<Vital, string>
  ratings: Record<Rating, string>
  /** Takes rating and rate. */
  part: string
  all: string
  samples: string
  none: string
}

/** In English. */
export const english: VitalWords = {
  title: 'Web Vitals',
  names: {
    LCP: 'Largest Contentful Paint',
    INP: 'Interaction to Next Paint',
    CLS: 'Cumulative Layout Shift',
    FCP: 'First Contentful Paint',
    TTFB: 'Time to First Byte',
  },
  ratings: { good: 'Good', needs_improvement: 'Needs improvement', poor: 'Poor' },
  part: '{rating}: {rate}',
  all: 'All',
  samples: 'Samples',
  none: 'No samples in this range yet. The tracker measures them where its script has “data-vitals”.',
}
