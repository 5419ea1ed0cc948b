import { HkError, importSources, type ImportSource } from '@hk-live/sdk/protocol'
import { ga4 } from './ga4.ts'
import { matomo } from './matomo.ts'
import { plausible } from './plausible.ts'
import type { Source } from './source.ts'
import { takeout } from './takeout.ts'
import { umami } from './umami.ts'

/** Every source, by its name. */
export const sources: Readonly<Record<ImportSource, Source>> = { plausible, umami, ga4, matomo, takeout }

/**
 * The name of a source.
 *
 * @throws {HkError} `bad_request` where there is none
 */
export function demandSource(name: string | null): ImportSource {
  const found = importSources.find((one) => one === name)
  if (found !== undefined) return found
  throw new HkError('bad_request', `"source" must be one of ${importSources.join(', ')}.`, { parameter: 'source' })
}
