/** What goals say. */
export interface GoalWords {
  rate: string
  value: string
  none: string
}

/** In English. */
export const english: GoalWords = {
  rate: 'Rate',
  value: 'Value',
  none: 'No goals yet. Set one: a page that is reached, or an event that is sent, when a visit was worth it.',
}
