import QuickLRU from 'quick-lru'
import type { Refusal } from '../store/index.ts'
import { clean } from './clean.ts'

/** Counts of what sites were refused, by reason. Disposing saves what is left. */
export interface Refusals extends AsyncDisposable {
  /** Adds to a count of a site. `example`: what decided, `''` for nothing to show. */
  add(siteId: string, reason: string, items: number, example: string): void
}

/** Settings of {@link createRefusals}. */
export interface RefusalsOptions {
  readonly save: (refusals: readonly Refusal[]) => Promise<void>
  readonly now: () => number
  readonly everyMs?: number
  readonly onError?: (error: unknown) => void
}

/** Counts of sites and reasons that may wait to be saved; past that those touched longest ago are lost. */
const mostWaiting = 5_000

/**
 * Gathers counts and saves them every few seconds, all by one statement, so that refusing costs nothing. Counts that
 * wait are lost with the process: they are there to be read by people, no report is made of them. While the store is
 * away they wait on.
 */
export function createRefusals({ save, now, everyMs = 5_000, onError = () => undefined }: RefusalsOptions): Refusals {
  const waiting = new QuickLRU<string, Refusal>({ maxSize: mostWaiting })
  let saving: Promise<void> | undefined

  function merge(one: Refusal): void {
    const key = `${one.site_id} ${one.reason}`
    const known = waiting.get(key)
    const [newer, older] = known === undefined || one.last_at >= known.last_at ? [one, known] : [known, one]
    const count = one.count + (known?.count ?? 0)
    waiting.set(key, { ...newer, count, example: newer.example || (older?.example ?? '') })
  }

  async function flush(): Promise<void> {
    if (waiting.size === 0) return
    const rows = [...waiting.values()]
    waiting.clear()
    try {
      await save(rows)
    } catch (error) {
      for (const row of rows) merge(row)
      onError(error)
    }
  }

  const timer = setInterval(() => {
    saving ??= flush().finally(() => (saving = undefined))
  }, everyMs)
  timer.unref()

  return {
    add(site_id, reason, items, example) {
      if (items > 0) merge({ site_id, reason, count: items, last_at: now(), example: clean(example, 120) })
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await saving
      await flush()
    },
  }
}
