import type { CoreOptions } from './options.ts'
import { mayTrack } from './privacy.ts'
import { done, send, sendBeacon, tooLarge } from './send.ts'
import { openUnsent } from './unsent.ts'

const batchWait = 50
const batchSize = 20
/** Of the 64 KiB that the service takes, and that a browser lets outlive a page. */
const batchBytes = 6e4
const retryLimit = 50

/** Items on their way to the service, each as JSON. */
export interface Queue {
  add(item: string): void
  /** Takes back the item of an id, where it has not been sent yet. */
  remove(id: string): void
  /** Hands over what has not been sent yet, as the page may be about to end. */
  leave(): void
}

/**
 * Collects items for 50 ms and posts them, one request at a time, of at most 20 items and 60 kB. What fails for want of
 * network, or by 429 or 5xx, is tried again with full jitter from 1 s doubling to 64 s, on top of Retry-After, as all
 * would come at once by that alone; its id is the same, so the service stores it once. At most 50 items wait for that,
 * also for the site's next page. What is too large for the service goes in halves, and in the end one by one: a single
 * item then loses its longest property, again and again.
 *
 * What may not be counted any more as they are to go is dropped, also what was kept.
 */
export function createQueue(url: string, options: CoreOptions, rescue: CoreOptions['rescue']): Queue {
  const { site } = options
  const isAllowed = () => mayTrack(options)
  const keep = openUnsent(`hk:${site}`, isAllowed)
  const write = (items: readonly string[]) => `{"site":"${site}","items":[${items}]}`
  let waiting = keep()
  let failures = 0
  let limit = batchSize
  // A flush is to come or on its way: batch time, request and back-off are one after the other.
  let busy = false
  const allowed = () => (isAllowed() ? waiting : (waiting = keep()))

  const take = () => {
    let bytes = 0
    // Beyond ASCII a unit has at most three bytes.
    const fits = (item: string, index: number) => (bytes += item.replace(/[^ -~]/g, '...').length) < batchBytes || !index
    return waiting.splice(0, allowed().slice(0, limit).filter(fits).length)
  }

  const flush = async () => {
    const batch = take()
    if (!(busy = !!batch[0])) return
    const body = write(batch)
    // Only a first post outlives the page.
    if (failures) keep(batch, batch)
    const wait = await send(url, body, !failures)
      .catch(async () => {
        keep(batch, batch)
        return (await rescue()).post(url, body)
      })
      .catch(() => 0)
    keep(batch, wait === done ? [] : batch)
    limit = batchSize
    if (wait === tooLarge) {
      limit = batch.length >> 1 || 1
      // Where the rescue chunk can't be loaded, a single item stays kept for the site's next page.
      waiting = (
        batch[1] ? batch : await rescue().then(({ shorten }) => shorten(batch, keep)).catch(() => [])
      ).concat(waiting)
    }
    if (wait < 0) {
      failures = 0
      return flush()
    }
    waiting = batch.concat(waiting).slice(-retryLimit)
    setTimeout(flush, wait + Math.random() * 1e3 * 2 ** Math.min(failures++, 6))
  }

  /** Hands over items in as few pieces as the browser takes; those that it does not take. */
  const handOver = (items: readonly string[]): readonly string[] => {
    if (!items[0] || (items.length <= retryLimit && sendBeacon(url, write(items)))) return []
    const half = items.length >> 1
    return half ? [...handOver(items.slice(0, half)), ...handOver(items.slice(half))] : items
  }

  return {
    add(item) {
      if (isAllowed()) waiting.push(item)
      if (!busy) setTimeout(flush, batchWait)
      busy = true
    },
    remove(id) {
      waiting = waiting.filter((item) => !item.includes(id))
    },
    leave() {
      const all = allowed()
      // While deliveries fail, a beacon is worth a try and its items stay: a second copy is stored once.
      const left = handOver(all)
      waiting = (failures ? all : left).slice(-retryLimit)
      keep(all, waiting)
    },
  }
}
