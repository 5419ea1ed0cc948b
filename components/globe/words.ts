import type { Plural } from '../element/words.ts'

/** What a globe says. */
export interface GlobeWords {
  title: string
  empty: string
  /** Of the globe, for those who turn it by keys. */
  turn: string
  pause: string
  /** On the button below the list; takes count. */
  more: Plural
  less: string
  /** Visitors whose place is not known, or not listed. */
  rest: string
}

/** In English. */
export const english: GlobeWords = {
  title: 'Visitors now',
  empty: 'Nobody is here at the moment. The next visitor will appear here.',
  turn: 'Globe. Arrow keys turn it.',
  pause: 'Stand still',
  more: { one: '{count} more place', other: '{count} more places' },
  less: 'Fewer places',
  rest: 'Elsewhere or unknown',
}
