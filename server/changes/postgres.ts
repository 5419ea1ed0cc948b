import type { Sql } from '../store/index.ts'
import type { Wake } from './wake.ts'

const channel = 'hk_changes'

/** Postgres refuses payloads of 8,000 bytes and more. */
const longestPayload = 7_900

/**
 * Wakes by LISTEN and NOTIFY. NOTIFY is sent after the commit and by itself, never inside the
 * transaction that writes: a commit that notifies takes a lock of the whole cluster
 * (https://www.recall.ai/blog/postgres-listen-notify-does-not-scale). What is published within
 * `gatherMs` is sent together.
 */
export function createPostgresWake(sql: Sql, { gatherMs = 10 }: { gatherMs?: number } = {}): Wake {
  const pending = new Set<string>()
  let sending: Promise<void> | undefined

  async function send(): Promise<void> {
    while (pending.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, gatherMs))
      const payload = [...pending].join(',')
      pending.clear()
      // A wake-up that is lost costs the other nodes a few seconds, no data.
      await sql.notify(channel, payload.length > longestPayload ? '' : payload).catch(() => undefined)
    }
  }

  return {
    publish(siteIds) {
      for (const id of siteIds) pending.add(id)
      sending ??= send().finally(() => (sending = undefined))
    },
    async subscribe(wake) {
      const { unlisten } = await sql.listen(
        channel,
        (payload) => wake(payload === '' ? undefined : payload.split(',')),
        () => wake(undefined),
      )
      return unlisten
    },
    async [Symbol.asyncDispose]() {
      await sending
    },
  }
}
