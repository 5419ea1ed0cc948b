import type { TrackingStatus } from '@hk-live/sdk/protocol'
import type { Api } from './api.ts'
import { type Options, siteOf, table } from './manage.ts'

/** What a reason means, and what to do where it surprises. */
const meanings: Readonly<Record<string, string>> = {
  invalid: 'could not be read: look at what the sender makes',
  bot: 'came from programs, not from people',
  data_centre: 'came from data centres: HK_DATA_CENTRES=keep takes them',
  prefetch: 'were fetched ahead of a visit',
  excluded: 'fit an exclusion: hk exclusions',
  spam: 'named a referrer that is known for spam',
  limited: 'were more than an address, a visitor or the site may send: see HK_INGEST_RATE_ADDRESS and HK_INGEST_RATE_SITE',
  unavailable: 'could not be stored at that moment; trackers send again',
}

/** `hk status --site ID`: whether a site is being tracked, and what to do next. */
export async function status(api: Api, _words: readonly string[], options: Options): Promise<string> {
  const { id, domain } = await siteOf(api, options)
  const tracking = await api.ask<TrackingStatus>('GET', `/api/sites/${id}/tracking`)
  const { rejected, since } = tracking
  const rows = rejected.filter(({ reason }) => reason !== 'amount').map(({ reason, count, example }) => [count, meanings[reason] ?? reason, example ?? ''])
  const nothing = `Nothing was rejected since ${since}.`
  const counts = rows.length === 0 ? nothing : `Not stored since ${since}:\n${table(rows, '')}`
  const script = `<script defer src="${api.url}/hk.js" data-site="${id}"></script>`
  const amounts = rejected.find(({ reason }) => reason === 'amount')
  const unread =
    amounts === undefined
      ? ''
      : `\nEvents with an amount that could not be read since ${since}: ${amounts.count}, the last one "${amounts.example ?? ''}". A value that cannot be read is no revenue.`
  return `${domain}: ${stateOf(tracking, script)}\n${counts}${unread}`
}

function stateOf(
  { status: state, last_at, last_hostname, last_event, hostnames }: TrackingStatus,
  script: string,
): string {
  const last = `The last item came at ${last_at} from ${last_hostname}`
  if (state === 'waiting') return `waiting. Nothing has arrived yet. Paste this into its pages, and open one:\n${script}`
  if (state === 'dormant') {
    return `dormant. ${last}, and nothing in the last 24 hours. See that its pages still have this:\n${script}`
  }
  if (state === 'domain_mismatch') {
    const hosts = hostnames.map(({ hostname }) => hostname).join(', ')
    return (
      `another domain. All that arrives is of ${hosts}. If those are its pages, change the domain of the site; ` +
      `if not, its id stands in pages of somebody else, and its own lack this:\n${script}`
    )
  }
  return `live. ${last}${last_event === null ? '' : `, the last event ("${last_event.name}") at ${last_event.at}`}.`
}
