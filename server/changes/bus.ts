import type { Sql } from '../store/index.ts'
import { createNatsWake } from './nats.ts'
import { createPostgresWake } from './postgres.ts'
import { createRedisWake } from './redis.ts'
import type { Wake } from './wake.ts'

/**
 * Opens what wakes other nodes. A bus that is away is connected to when it comes.
 *
 * @param bus as `HK_BUS` has it, checked: `postgres`, or addresses with their scheme
 * @param report told that the bus is away, and that it is back
 */
export async function openWake(bus: string, sql: Sql, report?: (message: string) => void): Promise<Wake> {
  if (bus === 'postgres') return createPostgresWake(sql)
  const hosts = bus.split(',').map((address) => new URL(address).host)
  const options = { name: `The bus at ${hosts.join(', ')}`, report }
  return /^rediss?:/.test(bus) ? createRedisWake(bus, options) : createNatsWake(bus, options)
}
