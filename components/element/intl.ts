/**
 * `Intl` objects, made once per locale and options, as making them is what costs. A locale that the runtime
 * refuses (a headless one may be `en-US@posix`) falls back to English; a time zone that it does not know, as it is
 * older than its name, to UTC.
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

/**
 * An instant in the ways of a locale; the options name the time zone. One that is unknown is UTC, which a
 * `timeZoneName` then says.
 */
export function date(locale: string, value: Date, options: Intl.DateTimeFormatOptions): string {
  const { timeZone = 'UTC' } = options
  const known = isZone(timeZone) ? options : { ...options, timeZone: 'UTC' }
  return Number.isNaN(value.getTime()) ? '–' : cached('d', Intl.DateTimeFormat, locale, known).format(value)
}

const zones = new Map<string, boolean>()

function isZone(timeZone: string): boolean {
  const seen = zones.get(timeZone)
  if (seen !== undefined) return seen
  let known = true
  try {
    Intl.DateTimeFormat('en', { timeZone })
  } catch {
    known = false
  }
  zones.set(timeZone, known)
  return known
}

const [hourMs, dayMs] = [3_600_000, 86_400_000]

/**
 * Milliseconds to add to the instants of a time zone so that UTC shows its days: 0 where the zone is known. Where it is
 * not, the start of one of its days tells, except for islands further than 10 hours behind or 13 ahead.
 *
 * @param dayStart milliseconds since 1970
 */
export function shiftOf(timeZone: string, dayStart: number): number {
  return isZone(timeZone) ? 0 : Math.floor((dayStart + 13 * hourMs) / dayMs) * dayMs - dayStart
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

/** Localized name of a country or language code; the code itself where the runtime has no name for it. */
export function displayName(locale: string, type: 'region' | 'language', code: string): string {
  try {
    return cached('m', Intl.DisplayNames, locale, { type }).of(code) ?? code
  } catch {
    return code
  }
}
