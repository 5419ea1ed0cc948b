import type { AiGroup } from '@hk-live/sdk'

/** What fetches of AI agents are for. */
export type Category = 'training' | 'search' | 'assistant'

/** What is said of fetches by AI agents. */
export interface AiWords {
  title: string
  fetches: string
  /** Referred visits, as the head of a column. */
  brief: string
  errors: string
  response: string
  /** Visits that assistants referred. */
  referred: string
  categories: Record<Category, string>
  /** Takes category and rate. */
  part: string
  /** Takes crawled, referred, both. */
  pages: string
  groups: Record<AiGroup, string>
  resources: Readonly<Record<string, string>>
  by: string
  none: string
  /** Takes filters. */
  unfiltered: string
}

/** In English. */
export const english: AiWords = {
  title: 'AI visibility',
  fetches: 'Fetches',
  brief: 'Referred',
  errors: 'Errors',
  response: 'Median response',
  referred: 'Referred visits',
  categories: { training: 'Training', search: 'Search', assistant: 'Assistants' },
  part: '{category} {rate}',
  pages: 'Pages: {crawled} read by agents, {referred} referred to by assistants, {both} both.',
  groups: {
    agent: 'Agents',
    family: 'Families',
    category: 'Purposes',
    page: 'Pages',
    status: 'Status',
    resource: 'Types',
  },
  resources: {
    page: 'Pages',
    image: 'Images',
    script: 'Scripts',
    style: 'Style sheets',
    font: 'Fonts',
    media: 'Sound and video',
    document: 'Documents',
    data: 'Data',
    robots: 'robots.txt and the like',
    other: 'Other',
  },
  by: 'List by',
  none: 'No AI agents in this range yet. What they read is in the log of the server or the edge: send it on with “hk forward”.',
  unfiltered: 'Not filtered by {filters}: a fetch has no visitor.',
}
