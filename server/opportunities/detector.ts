import type { Opportunity } from '@hk-live/sdk/protocol'
import type { Figures } from '../reports/index.ts'
import { boundsOf, type Database, type Site } from '../store/index.ts'

/** What a detector states of one subject. */
export interface Finding extends Pick<Opportunity, 'subject' | 'sample' | 'evidence' | 'impact' | 'confidence' | 'action' | 'until'> {}

/**
 * One kind of finding: reads figures of a site, and decides what of them is worth a person's time. The decision
 * is pure, so that the same figures give the same findings; a change of it is a new version.
 */
export interface Detector<F> {
  readonly name: string
  readonly version: number
  read(survey: Survey): Promise<F>
  decide(figures: F): Finding[]
}

/** What detectors read from: a site, its figures, and the weeks that are looked at, the newest first. */
export interface Survey {
  readonly sql: Database
  readonly site: Site
  readonly figures: Figures
  /** Five runs of seven whole days, up to yesterday. */
  readonly weeks: readonly Week[]
  /** The last 28 days. */
  readonly month: Month
}

/** 28 days of a site, as parameters of a report, and their bounds in milliseconds since 1970; `to` is excluded. */
export interface Month {
  readonly query: string
  readonly from: number
  readonly to: number
}

/** Seven days of a site, as parameters of a report. */
export type Week = `from=${string}&to=${string}`

/** The weeks before a day, the newest first. */
export function weeksBefore(today: Temporal.PlainDate): Week[] {
  return [1, 2, 3, 4, 5].map((week): Week => {
    const from = today.subtract({ days: 7 * week })
    return `from=${from.toString()}&to=${from.add({ days: 6 }).toString()}`
  })
}

/** The 28 days before a day in a time zone. */
export function monthBefore(today: Temporal.PlainDate, timezone: string): Month {
  const [first, last] = [today.subtract({ days: 28 }).toString(), today.subtract({ days: 1 }).toString()]
  return { query: `from=${first}&to=${last}`, from: boundsOf(first, timezone).from, to: boundsOf(last, timezone).to }
}

/** A value as a filter takes it literally. */
export function literally(value: string): string {
  return encodeURIComponent(value.replace(/[\\*]/g, '\\$&'))
}

/** The worst findings of a detector: a longer list would be read by nobody. */
export function worst(findings: readonly Finding[], most = 20): Finding[] {
  const score = ({ impact, confidence }: Finding) => impact * confidence
  return findings
    .toSorted((a, b) => score(b) - score(a) || (a.subject < b.subject ? -1 : 1))
    .slice(0, most)
}
