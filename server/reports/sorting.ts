import { HkError } from '@hk-live/sdk/protocol'

/**
 * Reads what rows are sorted by: a name falls, with `-` before it it rises.
 *
 * @throws {HkError} `bad_request` where there is no such name
 */
export function readSort<K extends string>(sort: string, keys: readonly K[]): { key: K; rising: boolean } {
  const key = keys.find((known) => known === sort.replace(/^-/, ''))
  if (key !== undefined) return { key, rising: sort.startsWith('-') }
  const message = `"sort" must be one of ${keys.join(', ')}, with - before it to turn it.`
  throw new HkError('bad_request', message, { parameter: 'sort' })
}
