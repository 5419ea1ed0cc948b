import type { Vital } from '@hk-live/sdk'
import { none } from './format.ts'
import { number } from './intl.ts'

/** A value of a vital: `142ms`, `1.9s`, and of CLS, which has no unit, `0.04`. */
export function vitalValue(locale: string, vital: Vital, amount: number | null): string {
  if (amount === null) return none
  if (vital === 'CLS') return number(locale, amount, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return milliseconds(locale, amount)
}

/** A length of time in seconds from the first of them on, else in milliseconds. */
export function milliseconds(locale: string, amount: number): string {
  const style = { style: 'unit', unitDisplay: 'narrow' } as const
  if (amount < 1000) return number(locale, amount, { ...style, unit: 'millisecond', maximumFractionDigits: 0 })
  const places = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return number(locale, amount / 1000, { ...style, ...places, unit: 'second' })
}
