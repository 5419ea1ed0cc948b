import type { Findings } from '../findings.ts'

/** English: actions and labels come so from the service. */
export const english: Findings = {
  titles: {
    checkout_drop: 'Fewer checkouts end in a purchase',
    bouncing_pages: '{subject}: many visits end where they began',
    slow_pages: '{subject} is slow ({vital})',
    missing_pages: '{subject} is asked for, but missing',
    'ai_pages.crawled': '{subject}: read by AI agents, referred to by none',
    'ai_pages.referred': '{subject}: referred to by AI assistants, read by no agent',
    idle_campaigns: 'Campaign “{subject}” converts nobody',
    'source_shifts.rise': 'Far more visits from {subject}',
    'source_shifts.fall': 'Far fewer visits from {subject}',
    'setup_gaps.goals': 'No goals are set',
    'setup_gaps.vitals': 'Web Vitals are not measured',
    'setup_gaps.fetches': 'What AI agents read is not known',
  },
  actions: {},
  labels: {},
}
