import type { Comparison, Dimension, Interval, Metric, Status } from '@hk-live/sdk'
import type { PhraseBook } from './phrases.ts'
import { english } from './words/en.ts'
import { state } from './signals.ts'

/** A noun in the plural forms of its language; `other` where a form is missing. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** All that elements say in one language. `{name}` is replaced. */
export interface Words {
  metrics: Record<Metric, string>
  nouns: Partial<Record<Metric, Plural>>
  /** Headings of a breakdown. */
  dimensions: Record<Dimension, string>
  /** `Visitors by day`: of a metric, by interval. */
  by: Record<Interval, string>
  delta: Record<'up' | 'down' | 'flat', string>
  periods: Record<Comparison, string>
  /** Percentage points, short. */
  points: string
  /** After an earlier value: `1,071 before`. */
  before: string
  /** The description of a series; takes metric, first, firstDay, last, lastDay, peak, peakDay, trend. */
  summary: string
  trend: Record<'rising' | 'falling' | 'steady', string>
  table: string
  time: string
  share: string
  unknown: string
  /** All values that are not listed. */
  others: string
  search: string
  download: string
  /** Of a pager; takes from, to, total. */
  page: string
  next: string
  back: string
  empty: string
  nothing: string
  now: string
  recent: string
  status: Record<Exclude<Status['state'], 'hidden'>, string>
  /** Takes time. */
  since: string
  retry: string
  /** Takes time. */
  stale: string
  errors: Record<'network' | 'denied' | 'busy' | 'failed', string>
  devices: Record<string, string>
  /** What single kinds of elements say, by kind; see `phrases.ts`. */
  phrases?: { readonly [K in keyof PhraseBook]?: Partial<PhraseBook[K]> }
}

/** A language that is shipped: all of its words, with those of single kinds of elements. */
export interface Translation extends Words {
  phrases: PhraseBook
}

const loaders: Record<string, () => Promise<Translation>> = {
  de: async () => (await import('./words/de.ts')).german,
  fr: async () => (await import('./words/fr.ts')).french,
  es: async () => (await import('./words/es.ts')).spanish,
  ja: async () => (await import('./words/ja.ts')).japanese,
  ar: async () => (await import('./words/ar.ts')).arabic,
}

const shipped = new Map<string, Translation>()
const registered = new Map<string, Partial<Words>>()
const turn = state(0)
let merged = new Map<string, Words>()

/** Forgets what was merged, and has everything that was written by it written anew. */
function turned(): void {
  merged = new Map()
  turn.set(turn.get() + 1)
}

/**
 * Sets the words of a language (`pt`, `pt-BR`), or some of them: what is left out is as shipped for that
 * language, else English. What is on the page is written anew.
 */
export function registerWords(language: string, words: Partial<Words>): void {
  const tag = language.toLowerCase().replaceAll('_', '-')
  const before = registered.get(tag)
  const phrases: Record<string, object> = { ...before?.phrases }
  for (const [kind, some] of Object.entries(words.phrases ?? {})) phrases[kind] = { ...phrases[kind], ...some }
  registered.set(tag, { ...before, ...words, phrases })
  turned()
}

/**
 * The words of a language tag: of `pt-BR`, else of `pt`, else English. A shipped dictionary is loaded when it
 * is first asked for, and English stands until it is there. Tracked as a signal.
 */
export function wordsOf(language: string): Words {
  const layers = layersOf(language)
  const tag = language.toLowerCase()
  const words = merged.get(tag) ?? Object.assign({}, english, ...layers)
  merged.set(tag, words)
  return words
}

/** What there is in a language beside English: what comes later in the list counts more. Tracked as a signal. */
export function layersOf(language: string): readonly Partial<Words>[] {
  turn.get()
  const tag = language.toLowerCase()
  const primary = tag.split('-', 1)[0] ?? tag
  load(primary)
  return [shipped.get(primary), registered.get(primary), registered.get(tag)].filter((words) => words !== undefined)
}

function load(language: string): void {
  const loader = loaders[language]
  if (!loader) return
  delete loaders[language]
  const keep = (words: Translation) => {
    shipped.set(language, words)
    turned()
  }
  loader().then(keep, () => undefined)
}

/** Replaces each `{name}` in a text. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
