import crawlers from 'crawler-user-agents'
import { isbot, isbotMatch } from 'isbot'
import { findAiAgent } from './ai.ts'
import type { AiCategory } from './ai.ts'
import { clean } from './clean.ts'
import { memo } from './memo.ts'

/** Who is behind a user agent: a person, an AI agent of the catalogue, or any other program. */
export type Verdict =
  | { kind: 'person' }
  | { kind: 'ai'; agent: string; family: string; category: AiCategory }
  /** `name` is `''` where the agent gives none. */
  | { kind: 'bot'; name: string }

// Made at the first bot: 1,500 patterns are not compiled for a process that never meets one.
let patterns: readonly RegExp[] | undefined

function nameOf(userAgent: string): string {
  patterns ??= crawlers.map(({ pattern }) => new RegExp(pattern))
  for (const pattern of patterns) {
    const match = pattern.exec(userAgent)
    if (match) return clean(match[0].replace(/[/\s;]+$/, ''), 64)
  }
  return clean(isbotMatch(userAgent) ?? '', 64)
}

/**
 * A user agent without the model of an Android device: phones have names as "M bot 60" and "Spider X". Programs that name
 * themselves there say so with an address, a version or the word "compatible".
 */
function withoutModel(userAgent: string): string {
  return userAgent.replace(/\((Linux; (?:\w+; )?Android[^;()]*; )([^()]*)/i, (all, system: string, model: string) =>
    /compatible|https?:|@|\+|(?:bot|crawler|spider)\/\d/i.test(model) ? all : `(${system}K`,
  )
}

/**
 * Judges a user agent: AI agents by our catalogue, other programs by `isbot`, named by
 * `crawler-user-agents`. No agent at all (`''`, or `-` in a log) is a bot: every browser sends one.
 * Never throws; the last 5,000 verdicts are remembered.
 */
export const judgeAgent: (userAgent: string) => Verdict = memo((userAgent): Verdict => {
  const text = userAgent.trim()
  if (text === '' || text === '-') return { kind: 'bot', name: '' }
  const ai = findAiAgent(text)
  if (ai) return { kind: 'ai', agent: ai.agent, family: ai.family, category: ai.category }
  return isbot(withoutModel(text)) ? { kind: 'bot', name: nameOf(text) } : { kind: 'person' }
})
