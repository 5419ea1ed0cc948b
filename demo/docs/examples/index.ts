/**
 * Live examples of all elements.
 *
 * @module
 */
import { controls } from './controls.ts'
import type { Example, Examples } from './example.ts'
import { lists } from './lists.ts'
import { numbers } from './numbers.ts'

export { type Example, sourceOf } from './example.ts'

const all: Examples = { ...numbers, ...lists, ...controls }

/** The examples of an element. */
export function examplesOf(tag: string): readonly Example[] {
  return all[tag] ?? []
}

/** Styles of all examples as one sheet, as nothing inline may stand on a page with a strict policy. */
export function exampleStyles(): string {
  return Object.values(all).flatMap((examples) => examples.map(({ css = '' }) => css)).join('\n')
}
