/** What a funnel says. */
export interface FunnelWords {
  title: string
  /** Those who did all steps of those who began: takes done, all. */
  of: string
  /** Takes rate. */
  went: string
  /** Takes count. */
  left: string
  /** Takes time. */
  median: string
  /** Those of the time compared with: takes rate. */
  before: string
  none: string
  /** Takes name. */
  missing: string
}

/** In English. */
export const english: FunnelWords = {
  title: 'Funnel',
  of: '{done} of {all}',
  went: '{rate} went on',
  left: '{count} left',
  median: 'median {time}',
  before: '{rate} before',
  none: 'No funnel yet. Make one of 2 to 20 steps, such as cart, checkout and purchase; it counts past visits, too.',
  missing: 'There is no funnel “{name}”.',
}
