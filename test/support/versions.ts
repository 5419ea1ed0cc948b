import type { Transaction } from '../../server/store/index.ts'

/** Moves a site on by one commit that changed its hits, past the service: no wake-up is sent. */
export function advanceOne(tx: Transaction, site: string) {
  return tx`
    update site_versions
    set seq = seq + 1,
        kinds = kinds || jsonb_build_object('hits', jsonb_build_object('seq', seq + 1, 'total', seq))
    where site_id = ${site}`
}
