import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { displayName } from './intl.ts'
import type { Words } from './words.ts'

/** Where somebody is, as far as it is known: codes of two letters, names; `''` for what is not. */
export interface Where {
  country: string
  city?: string
}

/** Commas that are not of the Latin script, by language. */
const commas: Readonly<Record<string, string>> = { ar: '، ', fa: '، ', ja: '、', ur: '، ', zh: '、' }

/** What a reader calls a place: `Berlin, Germany`; the country alone; the unknown as such. */
export function placeOf({ country, city }: Where, locale: string, words: Words): string {
  const name = country && displayName(locale, 'region', country)
  const comma = commas[locale.slice(0, 2)] ?? ', '
  return [city, name].filter(Boolean).join(comma) || words.unknown
}

let flagged: boolean | undefined

/** Whether the platform draws two regional indicators as one flag. */
function hasFlags(): boolean {
  if (flagged !== undefined) return flagged
  const context = document.createElement('canvas').getContext('2d')
  const width = (text: string) => context?.measureText(text).width ?? 0
  flagged = width('🇩🇪') < width('🇩') * 1.5
  return flagged
}

/** The flag of a country, or its code where there are no flags; a place beside it says which one it is. */
export function flag(country: string): TemplateResult {
  const isCode = /^[A-Z]{2}$/.test(country)
  const flies = isCode && hasFlags()
  const letter = (index: number) => String.fromCodePoint(0x1f1a5 + country.charCodeAt(index))
  const sign = flies ? letter(0) + letter(1) : isCode ? country : nothing
  return html`<span class=${flies ? 'flag flies' : 'flag'} aria-hidden="true">${sign}</span>`
}
