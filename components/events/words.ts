/** What events say. */
export interface EventWords {
  count: string
  /** Leads from one event to the list. */
  back: string
  /** Names the choices of what to list of an event. */
  by: string
  /** Takes property. */
  values: string
  none: string
  /** Takes name. */
  missing: string
}

/** In English. */
export const english: EventWords = {
  count: 'Count',
  back: 'All events',
  by: 'List by',
  values: 'Values of “{property}”',
  none: 'No events in this range yet. Send one: hk(\'signup\', { plan: \'pro\' }).',
  missing: 'No event “{name}” in this range yet.',
}
