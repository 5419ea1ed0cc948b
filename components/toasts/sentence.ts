import type { Visit } from '@hk-live/sdk'
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { number, plural } from '../element/intl.ts'
import { flag, placeOf } from '../element/place.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'
import { commonSpot, countOf, spotOf } from './stack.ts'
import type { Toast } from './stack.ts'
import type { ToastWords } from './words.ts'

/** Places of a toast that are named. */
const named = 2

function newest({ visits }: Toast): Visit | undefined {
  return visits.at(-1)
}

/** How many they are: `1,204`, `20+`. */
function amountOf(toast: Toast, locale: string, options: Intl.NumberFormatOptions = {}): string {
  return number(locale, countOf(toast), options) + (toast.open ? '+' : '')
}

/** Who came: `New visitor from Berlin, Germany`, `12 new visitors`. */
export function headlineOf(toast: Toast, locale: string, words: Words, phrases: ToastWords): string {
  const count = countOf(toast)
  const visit = newest(toast)
  const spot = commonSpot(toast)
  const forms = spot ? phrases.from : phrases.some
  const place = visit && spot ? placeOf(visit, locale, words) : ''
  return fill(forms[plural(locale, count)] ?? forms.other, { count: amountOf(toast, locale), place })
}

/** What is known of them: of one, the device and the page; of several, where the newest came to, or their places. */
export function trailOf(toast: Toast, locale: string, words: Words, { came }: ToastWords): TemplateResult {
  const visit = newest(toast)
  if (!visit) return html``
  if (countOf(toast) > 1 && !commonSpot(toast)) return html`<bdi>${placesOf(toast, locale, words)}</bdi>`
  const device = countOf(toast) === 1 ? `${words.devices[visit.device] ?? visit.device} · ` : ''
  const [before = '', after = ''] = came.split('{page}')
  return html`<span>${device}${before}</span><bdi dir="ltr">${visit.entry_path}</bdi><span>${after}</span>`
}

/** `Berlin · Paris · +4`: the places of most, and how many visitors are from others. */
function placesOf(toast: Toast, locale: string, words: Words): string {
  const counts = new Map<string, { visit: Visit; count: number }>()
  for (const visit of toast.visits) {
    const spot = spotOf(visit)
    if (spot) counts.set(spot, { visit, count: (counts.get(spot)?.count ?? 0) + 1 })
  }
  const top = [...counts.values()].toSorted((a, b) => b.count - a.count).slice(0, named)
  const rest = countOf(toast) - top.reduce((sum, { count }) => sum + count, 0)
  const names = top.map(({ visit: { city, country } }) => city || placeOf({ country }, locale, words))
  return [...names, ...(rest > 0 && names.length > 0 ? [`+${number(locale, rest)}`] : [])].join(' · ')
}

/** The disc before it: the flag of the one country, or how many they are. */
export function discOf(toast: Toast, locale: string): TemplateResult {
  const visit = newest(toast)
  const country = visit?.country ?? ''
  const one = toast.more === 0 && !toast.open && toast.visits.every((other) => other.country === country)
  if (one) return flag(country)
  const count = amountOf(toast, locale, { notation: 'compact', maximumFractionDigits: 0 })
  return html`<span class="flag" aria-hidden="true">${count}</span>`
}
