import type { Opportunity, Vital } from '@hk-live/sdk'
import { vitals } from '@hk-live/sdk/protocol'
import { percent } from '../element/format.ts'
import { number } from '../element/intl.ts'
import { state } from '../element/signals.ts'
import { vitalValue } from '../element/vital.ts'
import { fill } from '../element/words.ts'
import { english } from './findings/en.ts'

/**
 * What is said of findings in one language, by detector and, where it has several kinds, that after a point. The
 * service writes actions and labels in English; where a translation is missing, its words stand.
 */
export interface Findings {
  /** Take subject and, of slow pages, vital. */
  titles: Readonly<Record<string, string>>
  actions: Readonly<Record<string, string>>
  /** By the label in English; of vitals with `{vital}` in its place. */
  labels: Readonly<Record<string, string>>
}

/** Version of the detectors that the actions were translated from. */
const translated = 1

const loaders: Record<string, () => Promise<Findings>> = {
  de: async () => (await import('./findings/de.ts')).german,
  fr: async () => (await import('./findings/fr.ts')).french,
  es: async () => (await import('./findings/es.ts')).spanish,
  ja: async () => (await import('./findings/ja.ts')).japanese,
  ar: async () => (await import('./findings/ar.ts')).arabic,
}

const loaded = state<ReadonlyMap<string, Findings>>(new Map([['en', english]]))

/** What is said of findings in a language: English until it is there. Tracked. */
export function findingsOf(language: string): Findings {
  const [primary = ''] = language.toLowerCase().split('-', 1)
  const known = loaded.get().get(primary)
  const loader = loaders[primary]
  if (!known && loader) {
    delete loaders[primary]
    const keep = (findings: Findings) => loaded.set(new Map([...loaded.get(), [primary, findings]]))
    loader().then(keep, () => undefined)
  }
  return known ?? english
}

/** A finding in words. */
export interface Told {
  title: string
  action: string
  /** Whether the action stands in the language that was asked for, and not in that of the service. */
  native: boolean
}

/**
 * Writes a finding in the words of a language; a detector that is not known goes by its name. Its subject is isolated,
 * as it may read in another direction.
 */
export function tell(finding: Opportunity, findings: Findings, unknown: string): Told {
  const { detector, detector_version, subject, action } = finding
  const [kind, ...rest] = subject.split(' ')
  const split = detector === 'slow_pages' || detector === 'ai_pages'
  const about = (split ? rest.join(' ') : subject) || unknown
  const way = finding.until.is === 'at_most' ? 'rise' : 'fall'
  const variant = `${detector}.${detector === 'source_shifts' ? way : kind}`
  const title = findings.titles[variant] ?? findings.titles[detector]
  const own = detector_version === translated ? (findings.actions[variant] ?? findings.actions[detector]) : undefined
  return {
    title: title ? fill(title, { subject: `\u2068${about}\u2069`, vital: kind ?? '' }) : `${detector.replaceAll('_', ' ')}: ${about}`,
    action: own ?? action,
    native: own !== undefined || findings === english,
  }
}

/** A label of evidence in the words of a language. */
export function labelOf(label: string, findings: Findings): string {
  const vital = vitalOf(label)
  const known = findings.labels[vital ? label.replace(vital, '{vital}') : label]
  return known ? fill(known, { vital: vital ?? '' }) : label
}

/** A figure of evidence: its label tells whether it is a rate, a vital, or a count. */
export function figure(locale: string, label: string, amount: number): string {
  const vital = vitalOf(label)
  if (vital) return vitalValue(locale, vital, amount)
  if (/^(Bounce|Completion) rate|against/.test(label)) return percent(locale, amount)
  return number(locale, amount, { maximumFractionDigits: 1 })
}

function vitalOf(label: string): Vital | undefined {
  return vitals.find((vital) => label === `p75 of ${vital}` || label === `Greatest good ${vital}`)
}
