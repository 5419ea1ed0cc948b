import { pick } from './people.ts'

const day = 86_400_000
const fetchesADay = 24
const batch = 1_000

/** Agents of AI companies, with how common they are, and what they read. */
const agents: readonly [weight: number, agent: string][] = [
  [34, 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)'],
  [22, 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)'],
  [18, 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)'],
  [14, 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)'],
  [12, 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot)'],
]

const pages: readonly [weight: number, path: string, status: number][] = [
  [30, '/journal/warm-light', 200],
  [24, '/repair', 200],
  [16, '/lamps/arc', 200],
  [12, '/lamps', 200],
  [8, '/', 200],
  [6, '/llms.txt', 404],
  [4, '/robots.txt', 200],
]

/** A request of an AI agent, as the log of a server has it. */
export interface MadeFetch {
  readonly path: string
  readonly user_agent: string
  readonly status_code: number
  readonly response_ms: number
  readonly at: string
}

/** Makes up what AI agents fetched of the demo shop, in batches to send. More of them come each week. */
export function* inventFetches(days: number, now: number, random: () => number): Generator<MadeFetch[]> {
  const fetches = Array.from({ length: days * fetchesADay }, (): MadeFetch => {
    const [, agent] = pick(agents, random)
    const [, path, status] = pick(pages, random)
    const at = new Date(now - random() ** 1.4 * days * day).toISOString()
    return { path, user_agent: agent, status_code: status, response_ms: Math.round(20 + 180 * random() ** 3), at }
  })
  while (fetches.length > 0) yield fetches.splice(0, batch)
}
