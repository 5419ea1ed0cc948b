import type { SourceKind } from './channel.ts'

/** A known source of visits: its plain name and what kind of site it is. */
export interface Source {
  name: string
  kind: SourceKind
}

/**
 * Hosts and campaign names by source, space between. A host stands for its subdomains too; `google.*` for
 * the bare host (or `www.`, `m.`) under any country's ending. A word without a dot is a value of
 * `utm_source`. Hosts with two dots or more win over shorter ones.
 */
const table: Readonly<Record<SourceKind, Readonly<Record<string, string>>>> = {
  search: {
    Google:
      'google.* images.google.* googleadservices.com com.google.android.googlequicksearchbox ' +
      'google adwords google-ads googleads google_ads',
    Bing: 'bing.com bing bing-ads bingads',
    DuckDuckGo: 'duckduckgo.com com.duckduckgo.mobile.android duckduckgo ddg',
    Yahoo: 'search.yahoo.com search.yahoo.co.jp yahoo.* yahoo',
    Yandex: 'yandex.* ya.ru yandex',
    Baidu: 'baidu.com baidu',
    Ecosia: 'ecosia.org ecosia',
    Brave: 'search.brave.com brave',
    Startpage: 'startpage.com',
    Qwant: 'qwant.com qwant',
    Kagi: 'kagi.com kagi',
    Naver: 'search.naver.com naver.com naver',
    Daum: 'daum.net',
    Seznam: 'search.seznam.cz seznam.cz',
    Sogou: 'sogou.com',
    So: 'so.com',
    Mojeek: 'mojeek.com',
    Swisscows: 'swisscows.com',
    AOL: 'search.aol.com',
    Ask: 'ask.com',
    Marginalia: 'marginalia-search.com',
    Petal: 'petalsearch.com',
    Coccoc: 'coccoc.com',
    'Google Scholar': 'scholar.google.*',
  },
  social: {
    Facebook: 'facebook.com fb.com fb.me facebook fb meta',
    Instagram: 'instagram.com instagram ig insta',
    Threads: 'threads.net threads.com threads',
    X: 'x.com twitter.com t.co com.twitter.android twitter x',
    LinkedIn: 'linkedin.com lnkd.in com.linkedin.android linkedin',
    Reddit: 'reddit.com redd.it com.reddit.frontpage reddit',
    'Hacker News': 'news.ycombinator.com hackernews hn hacker-news',
    Lobsters: 'lobste.rs lobsters',
    Bluesky: 'bsky.app bluesky bsky',
    Mastodon: 'mastodon.social mstdn.social fosstodon.org hachyderm.io mastodon',
    Pinterest: 'pinterest.* pin.it pinterest',
    Tumblr: 'tumblr.com t.umblr.com tumblr',
    Quora: 'quora.com quora',
    WhatsApp: 'whatsapp.com wa.me whatsapp',
    Telegram: 't.me telegram.org telegram.me org.telegram.messenger telegram',
    Discord: 'discord.com discord.gg discordapp.com discord',
    VK: 'vk.com vk',
    Weibo: 'weibo.com weibo.cn weibo',
    WeChat: 'weixin.qq.com wechat.com wechat',
    Snapchat: 'snapchat.com snapchat',
    StumbleUpon: 'stumbleupon.com',
    'Product Hunt': 'producthunt.com producthunt',
    Lemmy: 'lemmy.world lemmy.ml',
  },
  video: {
    YouTube: 'youtube.com youtu.be com.google.android.youtube youtube yt',
    TikTok: 'tiktok.com tiktok',
    Vimeo: 'vimeo.com vimeo',
    Twitch: 'twitch.tv twitch',
    Dailymotion: 'dailymotion.com dailymotion',
    Bilibili: 'bilibili.com bilibili',
  },
  shopping: {
    Amazon: 'amazon.* amazon',
    eBay: 'ebay.* ebay',
    Etsy: 'etsy.com etsy',
    AliExpress: 'aliexpress.com aliexpress',
    Alibaba: 'alibaba.com',
    Walmart: 'walmart.com',
    'Google Shopping': 'shopping.google.com',
  },
  email: {
    Gmail: 'mail.google.com com.google.android.gm gmail',
    Outlook: 'outlook.live.com outlook.office.com outlook.office365.com mail.live.com outlook',
    'Yahoo Mail': 'mail.yahoo.com',
    'Proton Mail': 'mail.proton.me mail.protonmail.com',
    Fastmail: 'app.fastmail.com fastmail.com',
    'iCloud Mail': 'icloud.com',
  },
  ai: {
    ChatGPT: 'chatgpt.com chat.openai.com com.openai.chatgpt chatgpt openai',
    Perplexity: 'perplexity.ai ai.perplexity.app.android perplexity',
    Claude: 'claude.ai claude.com com.anthropic.claude claude anthropic',
    Gemini: 'gemini.google.com bard.google.com com.google.android.apps.bard gemini',
    NotebookLM: 'notebooklm.google.com notebooklm.google notebooklm',
    Copilot: 'copilot.microsoft.com copilot.com m365.cloud.microsoft copilot',
    Grok: 'grok.com x.ai grok',
    DeepSeek: 'deepseek.com deepseek',
    'Le Chat': 'chat.mistral.ai mistral',
    'Meta AI': 'meta.ai meta-ai',
    'You.com': 'you.com',
    Poe: 'poe.com poe',
    Phind: 'phind.com phind',
    'Duck.ai': 'duck.ai',
    Kimi: 'kimi.com kimi.moonshot.cn kimi.ai kimi',
    Qwen: 'chat.qwen.ai qwen.ai qwen',
    Doubao: 'doubao.com doubao',
    Yuanbao: 'yuanbao.tencent.com',
    ERNIE: 'yiyan.baidu.com ernie.baidu.com',
    'Z.ai': 'chat.z.ai z.ai chatglm.cn',
    Manus: 'manus.im manus',
    Genspark: 'genspark.ai genspark',
    Felo: 'felo.ai',
    'iAsk.Ai': 'iask.ai',
    Liner: 'liner.com',
    Andi: 'andisearch.com',
    Pi: 'pi.ai',
  },
  other: {
    GitHub: 'github.com github',
    GitLab: 'gitlab.com',
    'Stack Overflow': 'stackoverflow.com stackoverflow',
    Wikipedia: 'wikipedia.org wikipedia',
    Medium: 'medium.com',
    Substack: 'substack.com substack',
    'Google News': 'news.google.com',
    Slack: 'slack.com com.slack slack',
    'Microsoft Teams': 'teams.microsoft.com',
    Notion: 'notion.so notion.com notion',
    Feedly: 'feedly.com feedly',
    'DEV Community': 'dev.to',
  },
}

const byWord = new Map<string, Source>()
for (const kind of ['search', 'social', 'video', 'shopping', 'email', 'ai', 'other'] as const) {
  for (const [name, words] of Object.entries(table[kind])) {
    for (const word of words.split(' ')) byWord.set(word.toLowerCase(), { name, kind })
  }
}

/** The source that a host belongs to: `old.reddit.com` is Reddit, `www.google.co.uk` Google. */
export function sourceOfHost(host: string): Source | undefined {
  const bare = host.toLowerCase().replace(/^(?:www|m)\./, '')
  const anyEnding = bare.replace(/\.(?:com?\.|org\.|net\.)?[a-z]{2,3}$/, '.*')
  const wild = byWord.get(anyEnding)
  const labels = bare.split('.')
  for (let first = 0; first < labels.length - 1; first++) {
    const found = byWord.get(labels.slice(first).join('.'))
    if (found) return found
  }
  return wild
}

/** The source that a value of `utm_source` names, as a word (`fb`) or as a host (`chatgpt.com`). */
export function sourceOfTag(tag: string): Source | undefined {
  const word = tag.trim().toLowerCase()
  return word.includes('.') ? sourceOfHost(word) : byWord.get(word)
}
