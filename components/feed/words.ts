import type { Plural } from '../element/words.ts'

/** What a feed says. */
export interface FeedWords {
  title: string
  empty: string
  /** On the button that shows what came meanwhile; takes count. */
  waiting: Plural
}

/** In English. */
export const english: FeedWords = {
  title: 'Latest visits',
  empty: 'No visits in the last 7 days. The next one will appear here.',
  waiting: { one: '{count} new visit', other: '{count} new visits' },
}
