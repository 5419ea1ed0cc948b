/** What an AI agent fetches pages for: to train on, to index for answers, or because a person just asked. */
export type AiCategory = 'training' | 'search' | 'assistant'

/** One AI agent: its token in the user agent, who runs it, and what for. */
export interface AiAgent {
  agent: string
  family: string
  category: AiCategory
  /** A token of robots.txt only: no request carries it, and one that does is an imposter. */
  robotsOnly?: true
}

/** Month of the catalogue's last review. */
export const catalogueDate = '2026-11'

const catalogue: Readonly<Record<string, Partial<Record<AiCategory, string>>>> = {
  OpenAI: { training: 'GPTBot', search: 'OAI-SearchBot', assistant: 'ChatGPT-User|ChatGPT Agent' },
  Anthropic: {
    training: 'ClaudeBot|anthropic-ai|Claude-Web',
    search: 'Claude-SearchBot',
    assistant: 'Claude-User|Claude-Code',
  },
  Perplexity: { search: 'PerplexityBot', assistant: 'Perplexity-User|PerplexityUser' },
  Google: {
    training: 'GoogleOther|GoogleOther-Image|GoogleOther-Video',
    search: 'Google-CloudVertexBot|CloudVertexBot',
    assistant:
      'Google-Agent|GoogleAgent-Mariner|Google-NotebookLM|Google-GeminiNotebook|' +
      'Gemini-Deep-Research|Google-Gemini-CLI',
  },
  Apple: { search: 'Applebot' },
  Meta: {
    training: 'meta-externalagent|FacebookBot',
    search: 'meta-webindexer',
    assistant: 'meta-externalfetcher',
  },
  Amazon: {
    training: 'Amazonbot|bedrockbot',
    search: 'Amzn-SearchBot|amazon-kendra|KendraBot',
    assistant: 'Amzn-User|NovaAct|AmazonBuyForMe',
  },
  Microsoft: { search: 'AzureAI-SearchBot' },
  'Mistral AI': { assistant: 'MistralAI-User' },
  xAI: { training: 'GrokBot|xAI-Bot', search: 'xAI-SearchBot', assistant: 'xAI-Grok|Grok-DeepSearch' },
  ByteDance: { training: 'Bytespider|TikTokSpider|imageSpider' },
  DeepSeek: { training: 'DeepSeekBot' },
  'Common Crawl': { training: 'CCBot' },
  Cohere: { training: 'cohere-training-data-crawler', assistant: 'cohere-ai' },
  Huawei: { training: 'PanguBot', search: 'PetalBot' },
  'Zhipu AI': { training: 'ChatGLM-Spider' },
  DuckDuckGo: { assistant: 'DuckAssistBot' },
  'You.com': { search: 'YouBot' },
  Brave: { search: 'Bravebot' },
  Kagi: { assistant: 'kagi-fetcher' },
  Phind: { search: 'PhindBot' },
  Andi: { search: 'Andibot' },
  'iAsk.Ai': { search: 'iAskBot|iaskspider' },
  Liner: { assistant: 'LinerBot' },
  Linkup: { search: 'LinkupBot' },
  Tavily: { search: 'TavilyBot' },
  Parallel: { search: 'ShapBot', assistant: 'Shap-User' },
  Valyu: { search: 'HenkBot' },
  Manus: { assistant: 'Manus-User' },
  Cognition: { assistant: 'Devin' },
  Atlassian: { search: 'atlassian-bot' },
  Cloudflare: { search: 'Cloudflare-AutoRAG' },
  Direqt: { search: 'Anomura' },
  Poggio: { assistant: 'Poggio-Citations' },
  Firecrawl: { assistant: 'FirecrawlAgent' },
  Crawl4AI: { training: 'Crawl4AI' },
  Apify: { training: 'ApifyBot|ApifyWebsiteContentCrawler' },
  Diffbot: { training: 'Diffbot' },
  Ai2: { training: 'AI2Bot|Ai2Bot-Dolma|AI2Bot-DeepResearchEval' },
  LAION: { training: 'laion-huggingface-processor|LAIONDownloader|img2dataset' },
  Timpi: { training: 'Timpibot' },
  'The Hive': { training: 'ImagesiftBot' },
  'Webz.io': { training: 'omgili|omgilibot|Webzio-Extended' },
  Yandex: { training: 'YandexAdditional|YandexAdditionalBot' },
  ROIS: { training: 'Cotoyogi' },
  NICT: { training: 'ICC-Crawler' },
  'SB Intuitions': { training: 'SBIntuitionsBot' },
  'Kangaroo LLM': { training: 'Kangaroo Bot' },
  'Ceramic AI': { training: 'TerraCotta' },
  Velen: { training: 'VelenPublicWebCrawler' },
  WRTN: { assistant: 'WRTNBot' },
}

const categories = ['training', 'search', 'assistant'] as const

/**
 * AI agents known by {@link catalogueDate}, as their operators document them; where an operator does not,
 * the name is that of public catalogues (ai.robots.txt, crawler-user-agents).
 */
export const aiAgents: readonly AiAgent[] = [
  ...Object.entries(catalogue).flatMap(([family, tokens]) =>
    categories.flatMap((category) =>
      (tokens[category]?.split('|') ?? []).map((agent) => ({ agent, family, category })),
    ),
  ),
  { agent: 'Google-Extended', family: 'Google', category: 'training', robotsOnly: true },
  { agent: 'Applebot-Extended', family: 'Apple', category: 'training', robotsOnly: true },
]

const byToken = new Map(
  aiAgents.filter(({ robotsOnly }) => !robotsOnly).map((entry) => [entry.agent.toLowerCase(), entry]),
)

// The longest first, so that GoogleOther-Image is not taken for GoogleOther.
const tokens = [...byToken.keys()].toSorted((a, b) => b.length - a.length).join('|')
const tokenPattern = new RegExp(`(?<![a-z0-9-])(?:${tokens})(?![a-z0-9]|-extended)`, 'i')

/** The AI agent whose token stands first in a user agent, as a whole word in any case. */
export function findAiAgent(userAgent: string): AiAgent | undefined {
  const token = tokenPattern.exec(userAgent)?.[0]
  return token === undefined ? undefined : byToken.get(token.toLowerCase())
}
