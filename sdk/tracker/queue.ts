import type { Item } from '../protocol.ts'
import type { CoreOptions } from './options.ts'
import { mayTrack } from './privacy.ts'
import { send, sendBeacon } from './send.ts'
import { openUnsent } from './unsent.ts'

const batchWait = 50
const batchSize = 20
const retryLimit = 50

/** Items on their way to the service. */
export interface Queue {
  add(item: Item): void
  /** Hands over what has not been sent yet, as the page may be about to end. */
  leave(): void
}

/**
 * Collects items for 50 ms and posts them, one request at a time. What fails for want of network, or by 429
 * or 5xx, is tried again with full jitter from 1 s doubling to 64 s, on top of Retry-After, as all would come at
 * once by that alone; its id is the same, so the service stores it once. At most 50 items wait for that, also for the site's next page.
 *
 * What may not be counted any more as they are to go is dropped, also what was kept.
 */
export function createQueue(url: string, options: CoreOptions): Queue {
  const { site } = options
  const keep = openUnsent(`hk:${site}`)
  const write = (items: readonly string[]) => `{"site":${JSON.stringify(site)},"items":[${items}]}`
  let waiting = keep()
  let failures = 0
  // A flush is to come or on its way: batch time, request and back-off are one after the other.
  let busy = false
  const allowed = () => (mayTrack(options) ? waiting : (waiting = keep(keep())))

  const flush = async () => {
    const batch = allowed().splice(0, batchSize)
    busy = batch.length > 0
    if (!busy) return
    const wait = await send(url, write(batch))
    keep(batch, wait < 0 ? [] : batch)
    if (wait < 0) {
      failures = 0
      return flush()
    }
    waiting = [...batch, ...waiting].slice(-retryLimit)
    setTimeout(flush, wait + Math.random() * 1e3 * 2 ** Math.min(failures++, 6))
  }

  return {
    add(item) {
      if (mayTrack(options)) waiting.push(JSON.stringify(item))
      if (!busy) setTimeout(flush, batchWait)
      busy = true
    },
    leave() {
      waiting = allowed().slice(-retryLimit)
      if (!waiting.length) return
      // While deliveries fail, a beacon is worth a try and its items stay: a second copy is stored once.
      const left = sendBeacon(url, write(waiting)) && !failures ? [] : waiting
      keep(waiting, left)
      waiting = left
    },
  }
}
