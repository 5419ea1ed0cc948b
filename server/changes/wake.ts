/**
 * Tells other nodes that sites changed. A wake-up may be lost, doubled or late: nothing but speed
 * depends on it.
 */
export interface Wake extends AsyncDisposable {
  /** Tells all nodes, this one perhaps too, that these sites changed. Returns at once. */
  publish(siteIds: readonly string[]): void
  /**
   * Calls back with the sites that changed, or with `undefined` where that is not known: after a
   * reconnect, or when there were too many to name.
   */
  subscribe(wake: (siteIds: readonly string[] | undefined) => void): Promise<() => Promise<void>>
}
