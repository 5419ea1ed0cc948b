import type { Dimension } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
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

/** The filter for just one value: a star in it is itself, not any text. */
export function filterOf(by: Dimension, value: string): string {
  return `${by}:${value.replace(/[\\*]/g, '\\$&')}`
}

/** A filter in a reader's words: the dimension, where it is known, the name of the value, and whether it is excluded. */
export interface NamedFilter {
  by: Dimension | undefined
  name: string
  excluded: boolean
}

/** Reads a filter such as `!country:DE`. One that is none stays as it is. */
export function namedFilter(filter: string, locale: string, words: Words): NamedFilter {
  const excluded = filter.startsWith('!')
  const [dimension = '', ...rest] = filter.replace(/^!/, '').split(':')
  const by = dimensions.find((known) => known === dimension)
  const name = by ? nameOf(rest.join(':').replace(/\\([\\*])/g, '$1'), by, locale, words) : filter
  return { by, name, excluded }
}

/** Ends of a path that stay when it is truncated: what of twelve letters begins with a word, else all of them. */
const tails = [/^(.*?)([-/_.?&=].{3,11})$/su, /^(.*)(.{12})$/su]

const paths: ReadonlySet<Dimension> = new Set(['page', 'entry_page', 'exit_page', 'referrer'])

/** Whether a dimension's values are paths, which read from left to right in every script. */
export function isPath(by: Dimension): boolean {
  return paths.has(by)
}

/** Splits a long path so that its middle can be left out; other names are truncated at their end. */
export function halves(name: string, by: Dimension): [string, string] {
  if (!paths.has(by) || name.length <= 24) return [name, '']
  const [, start = name, end = ''] = tails.map((tail) => tail.exec(name)).find(Boolean) ?? []
  return [start, end]
}
