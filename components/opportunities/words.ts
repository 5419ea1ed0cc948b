import type { OpportunityStatus } from '@hk-live/sdk'

/** What is said around findings; what is said of each is in `findings.ts`. */
export interface OpportunityWords {
  title: string
  statuses: Record<OpportunityStatus, string>
  impact: string
  confidence: string
  /** What would make a finding go away: takes figure, value, target. */
  until: Record<'at_most' | 'at_least', string>
  /** Takes first, last. */
  seen: string
  none: string
  /** Before the detectors have run. */
  early: string
}

/** In English. */
export const english: OpportunityWords = {
  title: 'Opportunities',
  statuses: { new: 'New', saved: 'Saved', done: 'Done', dismissed: 'Dismissed', resolved: 'Resolved' },
  impact: 'Impact',
  confidence: 'Confidence',
  until: {
    at_most: 'Goes away when “{figure}” is at most {target}; now it is {value}.',
    at_least: 'Goes away when “{figure}” is at least {target}; now it is {value}.',
  },
  seen: 'Seen from {first} to {last}',
  none: 'Nothing found that is worth your time. The site is looked through once a day.',
  early: 'The site has not been looked through yet. That is done once a day.',
}
