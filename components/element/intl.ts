/**
 * `Intl` objects, made once per locale and options, as making them is what costs. A locale that the runtime
 * refuses (a headless one may be `en-US@posix`) falls back to English.
 *
 * @module
 */
const cache = new Map<string, unknown>()

function cached<T, O extends object>(
  kind: string,
  make: new (locale: string, options: O) => T,
  locale: string,
  options: O,
): T {
  const key = kind + locale + JSON.stringify(options)
  const known = cache.get(key)
  if (known instanceof make) return known
  let made: T
  try {
    made = new make(locale, options)
  } catch {
    made = new make('en', options)
  }
  cache.set(key, made)
  return made
}

/** A number in the ways of a locale. */
export function number(locale: string, value: number, options: Intl.NumberFormatOptions = {}): string {
  const text = cached('n', Intl.NumberFormat, locale, options).format(value)
  return text.replace('-', '\u2212')
}

/** An instant in the ways of a locale; the options name the time zone. */
export function date(locale: string, value: Date, options: Intl.DateTimeFormatOptions): string {
  return cached('d', Intl.DateTimeFormat, locale, options).format(value)
}

/** Whether a locale counts the hours of a day to 12, twice. */
export function byHalves(locale: string): boolean {
  const options: Intl.DateTimeFormatOptions = { hour: 'numeric' }
  return cached('d', Intl.DateTimeFormat, locale, options).resolvedOptions().hour12 ?? false
}

/** Which of a language's plural forms a number takes. */
export function plural(locale: string, value: number): Intl.LDMLPluralRule {
  return cached('p', Intl.PluralRules, locale, {}).select(value)
}

/** The name of a country or language by its code; the code where there is none. */
export function displayName(locale: string, type: 'region' | 'language', code: string): string {
  try {
    return cached('m', Intl.DisplayNames, locale, { type }).of(code) ?? code
  } catch {
    return code
  }
}
