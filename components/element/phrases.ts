import type { AiWords } from '../ai/words.ts'
import type { DashboardWords } from '../dashboard/words.ts'
import type { EventWords } from '../events/words.ts'
import type { FeedWords } from '../feed/words.ts'
import type { FilterWords } from '../filters/words.ts'
import type { FunnelWords } from '../funnel/words.ts'
import type { GlobeWords } from '../globe/words.ts'
import type { GoalWords } from '../goals/words.ts'
import type { OpportunityWords } from '../opportunities/words.ts'
import type { RangeWords } from '../range/words.ts'
import type { ToastWords } from '../toasts/words.ts'
import type { VitalWords } from '../vitals/words.ts'
import { layersOf } from './words.ts'

/** What single kinds of elements say, beside the words that all share. */
export interface PhraseBook {
  ai: AiWords
  dashboard: DashboardWords
  events: EventWords
  feed: FeedWords
  filters: FilterWords
  funnel: FunnelWords
  globe: GlobeWords
  goals: GoalWords
  opportunities: OpportunityWords
  range: RangeWords
  toasts: ToastWords
  vitals: VitalWords
}

/**
 * The phrases of one kind of element. English comes with the element; other languages come with their words, in one
 * request. `registerWords('pt', { phrases: { funnel: { … } } })` adds to them. Tracked as a signal.
 */
export function phrasesOf<K extends keyof PhraseBook>(language: string, kind: K, english: PhraseBook[K]): PhraseBook[K] {
  return Object.assign({}, english, ...layersOf(language).map(({ phrases }) => phrases?.[kind]))
}
