import { wordsOf } from './words.ts'

/** What one kind of element says, by language; English stands for those that are missing. */
export type Phrases<T extends object> = { readonly en: T } & Readonly<Record<string, T>>

/**
 * The phrases of one kind of element, beside the words that all share: they come with the element, so that a page
 * without it does not load them. `registerWords('pt', { phrases: { funnel: { … } } })` adds to them. Tracked as a signal.
 *
 * @param name under which phrases are registered
 */
export function phrasesOf<T extends object>(language: string, name: string, shipped: Phrases<T>): T {
  const [primary = ''] = language.toLowerCase().split('-', 1)
  const own = wordsOf(language).phrases?.[name]
  return { ...(shipped[primary] ?? shipped.en), ...own }
}
