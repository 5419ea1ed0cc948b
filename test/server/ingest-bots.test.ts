import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { aiAgents, findAiAgent } from '../../server/ingest/ai.ts'
import { judgeAgent } from '../../server/ingest/bots.ts'
import { hostileText, isPlain } from './ingest-hostile.ts'

const webkit = 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko'

describe('AI agents are told by family and purpose', () => {
  test.each([
    [`${webkit}; compatible; GPTBot/1.2; +https://openai.com/gptbot)`, 'GPTBot OpenAI training'],
    [
      `${webkit}); compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot`,
      'OAI-SearchBot OpenAI search',
    ],
    [`${webkit}); compatible; ChatGPT-User/1.0; +https://openai.com/bot`, 'ChatGPT-User OpenAI assistant'],
    [`${webkit}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)`, 'ClaudeBot Anthropic training'],
    [
      `${webkit}; compatible; Claude-User/1.0; +Claude-User@anthropic.com)`,
      'Claude-User Anthropic assistant',
    ],
    [
      `${webkit}; compatible; Claude-SearchBot/1.0; +https://www.anthropic.com)`,
      'Claude-SearchBot Anthropic search',
    ],
    [
      `${webkit}; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)`,
      'PerplexityBot Perplexity search',
    ],
    [
      `${webkit}; compatible; Amzn-SearchBot/0.1; +https://developer.amazon.com/amazonbot)`,
      'Amzn-SearchBot Amazon search',
    ],
    ['meta-externalagent/1.1 (+https://developers.facebook.com/docs)', 'meta-externalagent Meta training'],
    ['META-EXTERNALFETCHER/1.1', 'meta-externalfetcher Meta assistant'],
    ['Mozilla/5.0 (iPhone) Chrome/40.0 Mobile Safari/537.36; Bytespider', 'Bytespider ByteDance training'],
    ['CCBot/2.0 (http://commoncrawl.org/faq/)', 'CCBot Common Crawl training'],
    ['Mozilla/5.0 (compatible; GoogleOther-Image/1.0)', 'GoogleOther-Image Google training'],
    ['DuckAssistBot/1.2; (+http://duckduckgo.com/duckassistbot.html)', 'DuckAssistBot DuckDuckGo assistant'],
  ])('%s', (userAgent, expected) => {
    const verdict = judgeAgent(userAgent)
    if (verdict.kind !== 'ai') throw new Error(`judged as ${verdict.kind}`)
    expect(`${verdict.agent} ${verdict.family} ${verdict.category}`).toBe(expected)
  })

  test('the catalogue has at least 40 agents, each found by its own token', () => {
    expect(aiAgents.length).toBeGreaterThanOrEqual(40)
    for (const entry of aiAgents) {
      const found = findAiAgent(`Mozilla/5.0 (compatible; ${entry.agent}/1.0)`)
      expect(found).toEqual(entry.robotsOnly ? undefined : entry)
    }
    expect(new Set(aiAgents.map(({ agent }) => agent.toLowerCase())).size).toBe(aiAgents.length)
  })

  test('a token inside another word is no match', () => {
    expect(findAiAgent('Mozilla/5.0 NotDevins/1.0 mygptbots')).toBeUndefined()
  })
})

describe('other programs are bots, browsers are people', () => {
  test.each([
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'Googlebot'],
    ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 'bingbot'],
    ['curl/8.5.0', 'curl'],
    ['Mozilla/5.0 (compatible; Google-Extended/1.0; +http://www.google.com/bot.html)', 'Google-Extended'],
    ['', ''],
    ['-', ''],
    ['  ', ''],
  ])('%s is a bot', (userAgent, name) => {
    expect(judgeAgent(userAgent)).toEqual({ kind: 'bot', name })
  })

  test.each([
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
  ])('%s is a person', (userAgent) => {
    expect(judgeAgent(userAgent)).toEqual({ kind: 'person' })
  })

  const phone = (model: string) => `Mozilla/5.0 (Linux; Android 7.0; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/67.0.3396.87 Mobile Safari/537.36`

  test.each(['M bot 60 Build/NRD90M; wv', 'M bot 51', 'CUBOT X18 Plus', 'Spider X Build/1', 'Crawler One', 'iRobot 3', 'Hotscan Fetch 2', 'Moto G (4)'])(
    'a phone called "%s" is a person',
    (model) => expect(judgeAgent(phone(model))).toEqual({ kind: 'person' }),
  )

  test.each(['Linux; arm_64; Android 11; M bot 60', 'Linux; Android; M bot 60', 'Linux; U; Android 9; de-de; M bot 60 Build/1'])(
    'so is one of (%s)',
    (system) => expect(judgeAgent(`Mozilla/5.0 (${system}) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36`)).toEqual({ kind: 'person' }),
  )

  test.each([
    phone('Nexus 5X Build/MMB29P').replace('Mobile Safari/537.36', 'Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
    phone('SM-G900P; compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/'),
    phone('K; FooBot/1.2'),
    phone('K').replace('Chrome/67', 'HeadlessChrome/67'),
  ])('%s is none', (userAgent) => expect(judgeAgent(userAgent).kind).not.toBe('person'))

  test('a hostile user agent is judged without an error', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const verdict = judgeAgent(text)
        expect(verdict.kind !== 'bot' || isPlain(verdict.name)).toBe(true)
      }),
    )
  })
})
