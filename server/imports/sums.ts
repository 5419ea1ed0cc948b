import { type ImportedSums, normalizePath, pathDimensions, readHost } from '../store/index.ts'
import type { Entry, SourceRecord } from './source.ts'
import { Fault, type RowOrFault } from './table.ts'

/** Numbers of a row, without what they are of. */
export type RowNumbers = Omit<ImportedSums, 'day' | 'dimension' | 'value'>

/** The same numbers under several values; pages and hosts in the form in which those of items are kept. */
export function under(
  day: string,
  values: Partial<Record<ImportedSums['dimension'], string>>,
  numbers: RowNumbers,
): Entry[] {
  return Object.entries(values).map(([dimension, text]) => {
    const value = pathDimensions.has(dimension) ? pathOf(text) : dimension === 'hostname' ? (readHost(text) ?? text) : text
    return { sums: { day, dimension: dimension as ImportedSums['dimension'], value, ...numbers } }
  })
}

/** A path, from itself or from an address; `''` where it is not known. */
function pathOf(text: string): string {
  return text === '' ? '' : normalizePath(text.replace(/^https?:\/\/[^/?#]*/i, ''))
}

/** Numbers of events: what visits they were in is not said. */
export function eventNumbers(visitors: number, events: number): RowNumbers {
  return { visitors, visits: 0, bounces: null, duration_ms: null, pageviews: 0, events }
}

/** Events as a part of a day's total. */
export function eventsOfDay(day: string, events: number): Entry {
  return { sums: { day, dimension: 'total', value: '', visitors: 0, visits: 0, bounces: 0, duration_ms: 0, pageviews: 0, events } }
}

/**
 * Keeps the numbers of a day by a dimension to the first table that has them: exports say the same in several, as
 * channels in a table of their own and with sources, and nobody adds these up.
 */
export class Owners {
  readonly #owners = new Map<string, object>()

  /**
   * What of a row is of its table.
   *
   * @param part names tables that have parts of the same numbers
   */
  keep(entries: readonly Entry[], table: object, part = ''): Entry[] {
    const isEvent = entries.some((entry) => 'sums' in entry && entry.sums.dimension === 'event')
    const kept = entries.filter((entry) => {
      if (!('sums' in entry)) return true
      // The events of a day are summed from the same rows.
      const key = `${entry.sums.day} ${isEvent ? 'event' : entry.sums.dimension} ${part}`
      const owner = this.#owners.get(key) ?? table
      this.#owners.set(key, owner)
      return owner === table
    })
    return kept.length === entries.length ? kept : [...kept, { leftOut: 'repeated' }]
  }
}

/** Makes a record of a row; what is wrong with it is told with its place. */
export function recordOf(
  file: string,
  row: RowOrFault,
  before: number,
  entries: (row: Exclude<RowOrFault, { fault: string }>) => readonly Entry[],
): SourceRecord {
  const bytes = before + row.bytes
  if ('fault' in row) return { entries: [{ fault: row.fault }], bytes }
  try {
    return { entries: entries(row), bytes }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { entries: [{ fault: `${file}, line ${row.line}: ${error.message}` }], bytes }
  }
}
