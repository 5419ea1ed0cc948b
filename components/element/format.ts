import type { Comparison, Interval, Metric } from '@hk-live/sdk'
import { byHalves, date, number, plural, shiftOf } from './intl.ts'
import { natures } from './metrics.ts'
import { fill } from './words.ts'
import type { Words } from './words.ts'

/** Stands where a number is not defined. */
export const none = '–'

/** A metric's value in the ways of a locale: `31,482`, `41.2%`, `2m 48s`. */
export function value(
  locale: string,
  metric: Metric,
  amount: number | null | undefined,
  compact = false,
): string {
  if (amount === null || amount === undefined) return none
  switch (natures[metric].unit) {
    case 'rate':
      return percent(locale, amount)
    case 'duration':
      return compact ? about(locale, amount) : duration(locale, amount)
    case 'ratio':
      return number(locale, amount, { maximumFractionDigits: 2 })
    case 'count':
      return compact
        ? number(locale, amount, { notation: 'compact', maximumFractionDigits: 1 })
        : number(locale, amount)
  }
}

/** A fraction as per cent with one decimal place, or with one only where it says something. */
export function percent(locale: string, fraction: number, places: 0 | 1 = 1): string {
  const minimumFractionDigits = places
  return number(locale, fraction, { style: 'percent', minimumFractionDigits, maximumFractionDigits: 1 })
}

/** Seconds in the two largest units that they fill: `48s`, `2m 48s`, `1h 5m`. */
export function duration(locale: string, seconds: number): string {
  const whole = Math.round(Math.abs(seconds))
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ]
  const first = parts.findIndex(([amount]) => amount > 0)
  const shown = first < 0 ? parts.slice(2) : parts.slice(first, first + 2)
  const text = shown
    .filter(([amount], index) => amount > 0 || index === 0)
    .map(([amount, unit]) => number(locale, amount, { style: 'unit', unit, unitDisplay: 'narrow' }))
    .join(' ')
  return seconds < 0 && whole > 0 ? `−${text}` : text
}

/** Seconds in the largest unit that they fill: `48s`, `2.8m`, `1.1h`. */
function about(locale: string, seconds: number): string {
  const [size, unit] = seconds >= 3600 ? [3600, 'hour'] : seconds >= 60 ? [60, 'minute'] : [1, 'second']
  const options = { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 1 } as const
  return number(locale, seconds / size, options)
}

/** A value with the noun that it counts: `1,204 visitors`; a rate follows its name. */
export function counted(
  locale: string,
  words: Words,
  metric: Metric,
  amount: number | null | undefined,
): string {
  const noun = nounOf(locale, words, metric, amount)
  const text = value(locale, metric, amount)
  return noun ? `${text} ${noun}` : `${words.metrics[metric]} ${text}`
}

/** The noun after a number of things, in the plural form that it takes; `undefined` for rates and lengths. */
export function nounOf(
  locale: string,
  words: Words,
  metric: Metric,
  amount: number | null | undefined,
): string | undefined {
  const forms = words.nouns[metric]
  return forms && (forms[plural(locale, amount ?? 0)] ?? forms.other)
}

/** How a value moved against another. */
export interface Delta {
  direction: 'up' | 'down' | 'flat'
  tone: 'better' | 'worse' | 'same'
  /** With a sign: `+12.4%`, `−2.3 pt`, `−4s`, `±0`. */
  text: string
  /** In words: `up 12.4% from the period before`. */
  sentence: string
}

/** Compares two values of a metric; `undefined` where there is nothing to compare with. */
export function delta(
  locale: string,
  words: Words,
  metric: Metric,
  now: number | null | undefined,
  before: number | null | undefined,
  against: Comparison = 'previous',
): Delta | undefined {
  if (now === null || now === undefined || before === null || before === undefined) return undefined
  const { unit, better } = natures[metric]
  const relative = unit === 'count' || unit === 'ratio'
  if (relative && before === 0) return undefined
  const change = relative ? (now - before) / before : now - before
  const size = { count: 1000, ratio: 1000, rate: 1000, duration: 1 }[unit]
  const rounded = Math.round(change * size)
  const direction = rounded === 0 ? 'flat' : rounded > 0 ? 'up' : 'down'
  const tone = rounded === 0 ? 'same' : Math.sign(rounded) === better ? 'better' : 'worse'
  const write = (part: number, signed: boolean) => {
    const signDisplay = signed ? 'exceptZero' : 'never'
    const options: Intl.NumberFormatOptions = { maximumFractionDigits: 1, signDisplay }
    if (relative) return number(locale, part, { style: 'percent', ...options })
    if (unit === 'rate') return `${number(locale, part * 100, options)} ${words.points}`
    return (signed && part > 0 ? '+' : '') + duration(locale, part)
  }
  const period = words.periods[against]
  return {
    direction,
    tone,
    text: rounded === 0 ? `±${number(locale, 0)}` : write(rounded / size, true),
    sentence: fill(words.delta[direction], { amount: write(Math.abs(rounded / size), false), period }),
  }
}

/** Names a bucket of a series in the site's time zone; `long` with the weekday and the year of old ones. */
export function bucket(
  locale: string,
  at: string,
  interval: Interval,
  timeZone: string,
  long = false,
): string {
  const start = Date.parse(at)
  const shift = interval === 'hour' || interval === 'minute' ? 0 : shiftOf(timeZone, start)
  return date(locale, new Date(start + shift), { ...bucketOptions(locale, interval, long), timeZone })
}

function bucketOptions(locale: string, interval: Interval, long: boolean): Intl.DateTimeFormatOptions {
  const weekday = long ? 'short' : undefined
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', weekday }
  if (interval === 'month') return { month: long ? 'long' : 'short', year: 'numeric' }
  if (interval === 'day' || interval === 'week') return day
  // “2 AM” is a time of day; where hours go to 24, a bare “14” is not.
  const minute = interval === 'hour' && byHalves(locale) ? undefined : '2-digit'
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute }
  return long ? { ...day, ...time, timeZoneName: 'short' } : time
}
