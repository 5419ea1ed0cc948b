import type { Plural } from '../element/words.ts'

/** What toasts say. */
export interface ToastWords {
  /** Takes count and place. */
  from: Plural
  /** Where places are several, or none is known; takes count. */
  some: Plural
  /** Takes page. */
  came: string
  title: string
  dismiss: string
}

/** In English. */
export const english: ToastWords = {
  from: { one: 'New visitor from {place}', other: '{count} new visitors from {place}' },
  some: { one: 'New visitor', other: '{count} new visitors' },
  came: 'came to {page}',
  title: 'New visitors',
  dismiss: 'Dismiss',
}
