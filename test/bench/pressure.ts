import type { Options } from './benchmark.ts'
import { startChild } from './child.ts'
import type { LoadResult } from './load.ts'
import type { Target } from './stage.ts'

/** How a service is pressed; see `load.ts`. */
export interface Pressure {
  readonly connections: number
  /** Of a request. */
  readonly items: number
  readonly seconds: number
  /** Requests a second; as many as are answered by itself. */
  readonly rate?: number
}

/** Sends items to a service from a process of its own. */
export async function press(
  bed: Options['bed'],
  { url }: Pick<Target, 'url'>,
  sites: readonly string[],
  { connections, items, seconds, rate = 0 }: Pressure,
): Promise<LoadResult> {
  const options = Object.entries({ url, sites: sites.join(), connections, items, seconds, rate })
  const parameters = options.map(([name, value]) => `--${name}=${value}`)
  // Bun's fetch has 256 connections at most, by itself.
  const env = { BUN_CONFIG_MAX_HTTP_REQUESTS: '1024' }
  const child = await bed.open(async () => startChild(['test/bench/load.ts', ...parameters], env))
  return JSON.parse(await child.result())
}
