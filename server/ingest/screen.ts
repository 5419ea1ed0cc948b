import { judgeAgent } from './bots.ts'
import type { Outcome } from './counters.ts'
import { mergePlaces } from './edge.ts'
import type { CheckedItem } from './item.ts'
import type { Place, Places } from './place.ts'
import type { Rules } from './rules.ts'
import type { SpamHosts } from './spam.ts'

/** Who sent an item. */
export interface Sender {
  readonly address: string
  readonly userAgent: string
  /** Where a trusted proxy says that the sender is. */
  readonly place?: Place | undefined
}

/** Why something is not stored that is well formed. `example`: what of it decided, never an address. */
export interface Refused {
  readonly outcome: Extract<Outcome, 'bot' | 'data_centre' | 'excluded' | 'spam'>
  readonly example: string
}

/** What decides what may come in, for all sites. */
export interface Guards {
  readonly places: Places
  readonly spam: SpamHosts
  /** Whether what comes from data centres is left out as bots are, where the database of places names them. */
  readonly dropsDataCentres: boolean
}

/**
 * Judges a sender: no programs, nobody whom the site excludes.
 *
 * @returns where a sender is that is welcome
 */
export function judgeSender({ places, dropsDataCentres }: Guards, rules: Rules, sender: Sender): Place | Refused {
  const { address, userAgent } = sender
  const agent = judgeAgent(userAgent)
  if (agent.kind === 'bot') return { outcome: 'bot', example: agent.name }
  if (agent.kind === 'ai') return { outcome: 'bot', example: agent.agent }
  if (rules.excludesAddress(address)) return { outcome: 'excluded', example: 'address' }
  if (rules.excludesAgent(userAgent)) return { outcome: 'excluded', example: 'agent' }
  const place = mergePlaces(sender.place, places.find(address))
  if (rules.excludesCountry(place.country)) return { outcome: 'excluded', example: `country ${place.country}` }
  if (dropsDataCentres && places.isDataCentre(address)) return { outcome: 'data_centre', example: '' }
  return place
}

/** Judges an item of a sender who is welcome. */
export function judgeItem(
  { spam }: Guards,
  rules: Rules,
  { page, referrer }: Pick<CheckedItem, 'page' | 'referrer'>,
): Refused | undefined {
  if (rules.excludesPath(page.path)) return { outcome: 'excluded', example: `path ${page.path}` }
  const host = spam.find(referrer)
  return host === undefined ? undefined : { outcome: 'spam', example: host }
}
