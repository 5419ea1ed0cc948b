import { createHash } from 'node:crypto'
import { figuresOf } from '../reports/index.ts'
import {
  advance,
  type FoundOpportunity,
  lockSites,
  saveFindings,
  type Site,
  slotOf,
  type Sql,
  type VersionRow,
} from '../store/index.ts'
import { aiPages } from './ai-pages.ts'
import { bouncingPages } from './bouncing-pages.ts'
import { checkoutDrop } from './checkout-drop.ts'
import { type Detector, type Finding, monthBefore, type Survey, weeksBefore } from './detector.ts'
import { idleCampaigns } from './idle-campaigns.ts'
import { missingPages } from './missing-pages.ts'
import { setupGaps } from './setup-gaps.ts'
import { slowPages } from './slow-pages.ts'
import { sourceShifts } from './source-shifts.ts'

/** What a run did: how many findings there are now, and the versions that moved, where something changed. */
export interface Run {
  readonly day: string
  readonly found: number
  readonly changed: number
  readonly versions: readonly VersionRow[]
}

/** A detector at work: it reads and decides. */
interface Detecting {
  readonly name: string
  readonly version: number
  find(survey: Survey): Promise<Finding[]>
}

function detecting<F>(detector: Detector<F>): Detecting {
  const { name, version } = detector
  return { name, version, find: async (survey) => detector.decide(await detector.read(survey)) }
}

/** Every detector. A new one joins here and nowhere else. */
const detectors: readonly Detecting[] = [
  detecting(checkoutDrop),
  detecting(bouncingPages),
  detecting(slowPages),
  detecting(missingPages),
  detecting(aiPages),
  detecting(idleCampaigns),
  detecting(sourceShifts),
  detecting(setupGaps),
]

/**
 * Runs every detector on a site, over whole days up to yesterday, and stores what they find. On the same data a
 * second run of a day changes nothing. All figures are read from one snapshot; writers wait for the storing only.
 */
export async function runDetectors(sql: Sql, site: Site, now: number): Promise<Run> {
  const { day } = slotOf(now, site.timezone)
  const findings = await sql.begin('isolation level repeatable read read only', async (tx) => {
    const today = Temporal.PlainDate.from(day)
    const survey: Survey = {
      sql: tx,
      site,
      figures: figuresOf(tx, site, now),
      weeks: weeksBefore(today),
      month: monthBefore(today, site.timezone),
    }
    const found: FoundOpportunity[] = []
    for (const detector of detectors) {
      for (const finding of await detector.find(survey)) found.push(stated(detector, finding))
    }
    return found
  })
  return sql.begin(async (tx) => {
    const { site_id } = site
    // A site that is gone meanwhile has nothing to find.
    if (!(await lockSites(tx, [site_id])).has(site_id)) return { day, found: 0, changed: 0, versions: [] }
    const changed = await saveFindings(tx, site_id, day, findings)
    const versions = changed === 0 ? [] : await advance(tx, [{ site_id, kinds: { opportunities: changed } }])
    return { day, found: findings.length, changed, versions }
  })
}

/** A finding as it is stored: its id is made of what it is about, so that a later run knows it again. */
function stated({ name, version }: Detecting, finding: Finding): FoundOpportunity {
  const id = createHash('sha256').update(`${name}\n${finding.subject}`).digest('hex').slice(0, 20)
  const score = finding.impact * finding.confidence * 100
  return { id, detector: name, detector_version: version, score, ...finding }
}
