import type { Sql } from '../store/index.ts'
import { createGather, type GatherOptions, readPayload } from './gather.ts'
import type { Wake } from './wake.ts'

const channel = 'hk_changes'

/**
 * Wakes by LISTEN and NOTIFY. NOTIFY is sent after the commit in a statement of its own, never inside the
 * transaction that writes: a commit that notifies takes a lock of the whole cluster
 * (https://www.recall.ai/blog/postgres-listen-notify-does-not-scale).
 */
export function createPostgresWake(sql: Sql, options: GatherOptions = {}): Wake {
  const gather = createGather((payload) => sql.notify(channel, payload), options)
  return {
    publish: gather.publish,
    async subscribe(wake) {
      const { unlisten } = await sql.listen(
        channel,
        (payload) => readPayload(payload, wake),
        () => wake(undefined),
      )
      return unlisten
    },
    [Symbol.asyncDispose]: () => gather[Symbol.asyncDispose](),
  }
}
