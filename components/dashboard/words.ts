/** What the dashboard says; titles of lists are those of their dimensions. */
export interface DashboardWords {
  /** Names of the tabs of lists, by dimension. */
  tabs: Readonly<Record<string, string>>
  figures: string
  /** Takes metric. */
  show: string
  locked: string
  password: string
  open: string
  wrong: string
  tooMany: string
  /** Takes time. */
  wait: string
}

/** In English. */
export const english: DashboardWords = {
  tabs: {
    page: 'Top',
    entry_page: 'Entry',
    exit_page: 'Exit',
    source: 'Source',
    channel: 'Channel',
    utm_campaign: 'Campaign',
    country: 'Country',
    region: 'Region',
    city: 'City',
  },
  figures: 'Key figures',
  show: 'Show in the chart: {metric}',
  locked: 'This link has a password.',
  password: 'Password',
  open: 'Open',
  wrong: 'This is not the password of the link.',
  tooMany: 'Too many passwords were tried.',
  wait: 'Next try in {time}',
}
