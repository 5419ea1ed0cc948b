import { createClient } from '@redis/client'
import { createLinkWake, type Link, type LinkOptions } from './link.ts'
import type { Wake } from './wake.ts'

const channel = 'hk_changes'

/**
 * Wakes by PUBLISH and SUBSCRIBE of Redis 6 or later, or Valkey.
 *
 * @param url as `redis://user:password@host:6379/0`; `rediss:` for TLS
 */
export function createRedisWake(url: string, options: LinkOptions): Wake {
  return createLinkWake((received) => openRedis(url, received), options)
}

async function openRedis(url: string, received: (payload: string) => void): Promise<Link> {
  const client = createClient({
    url,
    name: 'hk-live',
    // With version 3 of the protocol one connection may publish while it is subscribed.
    RESP: 3,
    disableOfflineQueue: true,
    pingInterval: 10_000,
    socket: { reconnectStrategy: false, connectTimeout: 5_000, socketTimeout: 30_000 },
  })
  const over = new Promise<unknown>((resolve) => {
    client.on('error', resolve)
    client.on('end', () => resolve(undefined))
  })
  try {
    await client.connect()
    await client.subscribe(channel, received)
  } catch (error) {
    client.destroy()
    throw error
  }
  return {
    publish: (payload) => client.publish(channel, payload),
    over,
    async [Symbol.asyncDispose]() {
      client.destroy()
    },
  }
}
