import { HkError } from '@hk-live/sdk/protocol'

/** How rows are sorted: by a column, falling unless said otherwise. */
export interface Order<C extends string> {
  readonly column: C
  readonly rising: boolean
}

/**
 * Reads `sort`: a column, or `-column` to turn it.
 *
 * @param columns what rows can be sorted by; the first is the usual one
 * @throws {HkError} `bad_request`
 */
export function readOrder<const C extends string>(sort: string | undefined, columns: readonly [C, ...C[]]): Order<C> {
  const column = columns.find((known) => known === (sort ?? columns[0]).replace(/^-/, ''))
  if (column !== undefined) return { column, rising: sort?.startsWith('-') ?? false }
  throw new HkError('bad_request', `"sort" must be one of ${columns.join(', ')}, with - before it to turn it.`, {
    parameter: 'sort',
  })
}
