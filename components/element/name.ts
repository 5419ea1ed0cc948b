import type { Dimension } from '@hk-live/sdk'
import { displayName } from './intl.ts'
import type { Words } from './words.ts'

/** What a reader calls a value of a dimension: a country by its name, the unknown as such. */
export function nameOf(value: string, by: Dimension, locale: string, words: Words): string {
  if (value === '') return words.unknown
  if (by === 'country') return displayName(locale, 'region', value)
  if (by === 'language') return displayName(locale, 'language', value)
  if (by === 'device') return words.devices[value] ?? value
  return value
}

/** Letters at the end of a path that stay when it is truncated. */
const tail = 12

const paths: ReadonlySet<Dimension> = new Set(['page', 'entry_page', 'exit_page', 'referrer'])

/** Whether a dimension's values are paths, which read from left to right in every script. */
export function isPath(by: Dimension): boolean {
  return paths.has(by)
}

/** Splits a long path so that its middle can be left out; other names are truncated at their end. */
export function halves(name: string, by: Dimension): [string, string] {
  if (!paths.has(by) || name.length <= tail * 2) return [name, '']
  const letters = [...name]
  return [letters.slice(0, -tail).join(''), letters.slice(-tail).join('')]
}
