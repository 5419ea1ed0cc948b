import { openReports } from './matomo-reports.ts'
import { openVisits } from './matomo-visits.ts'
import { refuse, type Source } from './source.ts'

/**
 * What Matomo's API answers (https://developer.matomo.org/api-reference/reporting-api): the log of visits as JSON, or
 * reports by day as CSV, each in a file that is named by its method.
 */
export const matomo: Source = {
  about: 'Matomo: `Live.getLastVisitsDetails` as JSON, or reports by day as CSV, each file named by its method.',
  async open(files, context) {
    const logs = files.filter(({ name }) => /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name))
    if (logs.length === files.length) return openVisits(files, context)
    if (logs.length === 0) return openReports(files, context)
    throw refuse('The archive has JSON and CSV. Import the log of visits and the reports one after another, as both tell of the same days.')
  },
}
