import { readVersions, type Sql } from '../store/index.ts'
import type { Version } from './versions.ts'
import type { Wake } from './wake.ts'

/** The heads of the sites that this node has readers for. */
export interface Heads extends AsyncDisposable {
  /**
   * Watches a site: calls back with each version that is newer than the last, and with `undefined`
   * once the site is gone. Returns what ends it.
   */
  watch(siteId: string, changed: (version: Version | undefined) => void): () => void
  /** Reads the head of a site; `undefined` where there is no such site. */
  read(siteId: string): Promise<Version | undefined>
  /** Takes versions that this node has committed itself: no need to read them. */
  committed(versions: readonly Version[]): void
  /** Reads sites again, as after a wake-up. */
  look(siteIds: readonly string[]): void
}

/** Settings of {@link openHeads}. */
export interface HeadsOptions {
  readonly sql: Sql
  /** Reads the version of one site, with others that are asked for at the same time. */
  readonly readVersion: (siteId: string) => Promise<Version | undefined>
  readonly wake: Wake
  /** Milliseconds between two looks at all watched sites, for wake-ups that were lost. */
  readonly everyMs?: number
  readonly onError?: (error: unknown) => void
}

/**
 * Follows the version rows of watched sites. The rows are the only truth: they are read again on each
 * wake-up, when listening begins anew, and every few seconds; a wake-up only makes it sooner.
 */
export async function openHeads({ sql, readVersion, wake, everyMs = 3_000, onError }: HeadsOptions): Promise<Heads> {
  const watchers = new Map<string, Set<(version: Version | undefined) => void>>()
  const known = new Map<string, Version>()
  const wanted = new Set<string>()
  let reading: Promise<void> | undefined

  function take(version: Version): void {
    const watching = watchers.get(version.site_id)
    if (watching === undefined) return
    const last = known.get(version.site_id)
    if (last !== undefined && last.epoch === version.epoch && last.seq >= version.seq) return
    known.set(version.site_id, version)
    for (const changed of watching) changed(version)
  }

  /** Reads the sites asked for; what is asked meanwhile is read in the next round. */
  function look(siteIds: Iterable<string>): void {
    for (const id of siteIds) if (watchers.has(id)) wanted.add(id)
    if (wanted.size > 0) reading ??= readWanted().finally(() => (reading = undefined))
  }

  async function readWanted(): Promise<void> {
    while (wanted.size > 0) {
      const ids = [...wanted]
      wanted.clear()
      try {
        const found = await readVersions(sql, ids)
        for (const version of found) take(version)
        const gone = new Set(ids).difference(new Set(found.map((version) => version.site_id)))
        for (const id of gone) for (const changed of watchers.get(id) ?? []) changed(undefined)
      } catch (error) {
        onError?.(error)
        return
      }
    }
  }

  const unsubscribe = await wake.subscribe((siteIds) => look(siteIds ?? watchers.keys()))
  const timer = setInterval(() => look(watchers.keys()), everyMs)

  return {
    watch(siteId, changed) {
      const watching = watchers.get(siteId) ?? new Set()
      watchers.set(siteId, watching.add(changed))
      return () => {
        watching.delete(changed)
        if (watching.size > 0 || watchers.get(siteId) !== watching) return
        watchers.delete(siteId)
        known.delete(siteId)
      }
    },
    async read(siteId) {
      const version = await readVersion(siteId)
      if (version !== undefined) take(version)
      return version
    },
    committed(versions) {
      for (const version of versions) take(version)
    },
    look,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await unsubscribe().catch(() => undefined)
      await reading
    },
  }
}
