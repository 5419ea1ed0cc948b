import type { SourceKind } from './channel.ts'

/** A known source of visits: its plain name and what kind of site it is. */
export interface Source {
  name: string
  kind: SourceKind
}

/**
 * Hosts and campaign names by source, space between. A host stands for its subdomains too; `google.*` for
 * the bare host (or `www.`, `m.`) under any country's ending. The name of an Android package is the host of an address
 * of `android-app:`, which apps give as their referrer. A word without a dot is a value of `utm_source`. Hosts with two dots or more win over shorter ones.
 */
const table: Readonly<Record<SourceKind, Readonly<Record<string, string>>>> = {
  search: {
    Google:
      'google.* images.google.* googleadservices.com com.google.android.googlequicksearchbox ' +
      'com.google.android.apps.searchlite ' +
      'google adwords google-ads googleads google_ads',
    Bing: 'bing.com com.microsoft.bing bing bing-ads bingads',
    DuckDuckGo: 'duckduckgo.com com.duckduckgo.mobile.android duckduckgo ddg',
    Yahoo: 'search.yahoo.com search.yahoo.co.jp yahoo.* com.yahoo.mobile.client.android.search jp.co.yahoo.android.yjtop yahoo',
    Yandex: 'yandex.* ya.ru ru.yandex.searchplugin com.yandex.browser yandex',
    Baidu: 'baidu.com com.baidu.searchbox baidu',
    Ecosia: 'ecosia.org com.ecosia.android ecosia',
    Brave: 'search.brave.com com.brave.browser brave',
    Startpage: 'startpage.com',
    Qwant: 'qwant.com com.qwant.liberty qwant',
    Kagi: 'kagi.com kagi',
    Naver: 'search.naver.com naver.com com.nhn.android.search naver',
    Daum: 'daum.net net.daum.android.daum',
    Seznam: 'search.seznam.cz seznam.cz cz.seznam.sbrowser',
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
    Facebook: 'facebook.com fb.com fb.me com.facebook.katana com.facebook.lite facebook fb meta',
    Instagram: 'instagram.com com.instagram.android com.instagram.lite instagram ig insta',
    Threads: 'threads.net threads.com com.instagram.barcelona threads',
    X: 'x.com twitter.com t.co com.twitter.android com.twitter.android.lite twitter x',
    LinkedIn: 'linkedin.com lnkd.in com.linkedin.android com.linkedin.android.lite linkedin',
    Reddit: 'reddit.com redd.it com.reddit.frontpage com.laurencedawson.reddit_sync me.ccrama.redditslide reddit',
    'Hacker News': 'news.ycombinator.com io.github.hidroh.materialistic hackernews hn hacker-news',
    Lobsters: 'lobste.rs lobsters',
    Bluesky: 'bsky.app xyz.blueskyweb.app bluesky bsky',
    Mastodon: 'mastodon.social mstdn.social fosstodon.org hachyderm.io org.joinmastodon.android com.keylesspalace.tusky mastodon',
    Pinterest: 'pinterest.* pinterest.com pin.it com.pinterest com.pinterest.twa pinterest',
    Tumblr: 'tumblr.com t.umblr.com com.tumblr tumblr',
    Quora: 'quora.com com.quora.android quora',
    WhatsApp: 'whatsapp.com wa.me com.whatsapp com.whatsapp.w4b whatsapp',
    Telegram: 't.me telegram.org telegram.me org.telegram.messenger org.telegram.messenger.web org.thunderdog.challegram org.telegram.plus telegram',
    Discord: 'discord.com discord.gg discordapp.com com.discord discord',
    VK: 'vk.com vk.ru com.vkontakte.android vk',
    Weibo: 'weibo.com weibo.cn com.sina.weibo weibo',
    WeChat: 'weixin.qq.com wechat.com com.tencent.mm wechat',
    Snapchat: 'snapchat.com com.snapchat.android snapchat',
    StumbleUpon: 'stumbleupon.com',
    'Product Hunt': 'producthunt.com producthunt',
    Lemmy: 'lemmy.world lemmy.ml',
    Messenger: 'messenger.com m.me com.facebook.orca com.facebook.mlite messenger',
    LINE: 'line.me jp.naver.line.android line',
    KakaoTalk: 'kakao.com com.kakao.talk kakaotalk kakao',
    Viber: 'viber.com com.viber.voip viber',
    Signal: 'signal.org signal.me org.thoughtcrime.securesms',
    QQ: 'qq.com com.tencent.mobileqq',
    Odnoklassniki: 'ok.ru ru.ok.android',
    Nextdoor: 'nextdoor.com com.nextdoor nextdoor',
  },
  video: {
    YouTube: 'youtube.com youtu.be com.google.android.youtube com.google.android.apps.youtube.music youtube yt',
    TikTok: 'tiktok.com com.zhiliaoapp.musically com.zhiliaoapp.musically.go com.ss.android.ugc.trill tiktok',
    Vimeo: 'vimeo.com com.vimeo.android.videoapp vimeo',
    Twitch: 'twitch.tv tv.twitch.android.app twitch',
    Dailymotion: 'dailymotion.com dailymotion',
    Bilibili: 'bilibili.com tv.danmaku.bili bilibili',
    Douyin: 'douyin.com com.ss.android.ugc.aweme douyin',
  },
  shopping: {
    Amazon: 'amazon.* smile.amazon.com smile.amazon.de smile.amazon.co.uk com.amazon.mshop.android.shopping amazon',
    eBay: 'ebay.* com.ebay.mobile ebay',
    Etsy: 'etsy.com com.etsy.android etsy',
    AliExpress: 'aliexpress.com com.alibaba.aliexpresshd aliexpress',
    Alibaba: 'alibaba.com',
    Walmart: 'walmart.com com.walmart.android',
    'Google Shopping': 'shopping.google.com',
  },
  email: {
    Gmail: 'mail.google.com com.google.android.gm gmail',
    Outlook: 'outlook.live.com outlook.office.com outlook.office365.com mail.live.com com.microsoft.office.outlook outlook',
    'Yahoo Mail': 'mail.yahoo.com mail.yahoo.co.jp com.yahoo.mobile.client.android.mail',
    'Proton Mail': 'mail.proton.me mail.protonmail.com ch.protonmail.android',
    Fastmail: 'app.fastmail.com fastmail.com',
    'iCloud Mail': 'icloud.com',
    'Samsung Email': 'com.samsung.android.email.provider',
    Spark: 'com.readdle.spark',
  },
  ai: {
    ChatGPT: 'chatgpt.com chat.openai.com com.openai.chatgpt chatgpt openai',
    Perplexity: 'perplexity.ai ai.perplexity.app.android perplexity',
    Claude: 'claude.ai claude.com com.anthropic.claude claude anthropic',
    Gemini: 'gemini.google.com bard.google.com com.google.android.apps.bard gemini',
    NotebookLM: 'notebooklm.google.com notebooklm.google notebooklm',
    Copilot: 'copilot.microsoft.com copilot.com m365.cloud.microsoft com.microsoft.copilot copilot',
    Grok: 'grok.com x.ai ai.x.grok grok',
    DeepSeek: 'deepseek.com com.deepseek.chat deepseek',
    'Le Chat': 'chat.mistral.ai mistral',
    'Meta AI': 'meta.ai com.facebook.stella meta-ai',
    'You.com': 'you.com',
    Poe: 'poe.com com.poe.android poe',
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
    GitHub: 'github.com com.github.android github',
    GitLab: 'gitlab.com',
    'Stack Overflow': 'stackoverflow.com stackoverflow',
    Wikipedia: 'wikipedia.org wikipedia',
    Medium: 'medium.com com.medium.reader',
    Substack: 'substack.com substack',
    'Google News': 'news.google.com com.google.android.apps.magazines',
    Slack: 'slack.com com.slack slack',
    'Microsoft Teams': 'teams.microsoft.com teams.live.com com.microsoft.teams',
    Notion: 'notion.so notion.com notion',
    Feedly: 'feedly.com com.devhd.feedly feedly',
    Flipboard: 'flipboard.com flipboard.app flipboard',
    Inoreader: 'inoreader.com com.innologica.inoreader',
    SmartNews: 'smartnews.com jp.gocro.smartnews.android smartnews',
    NewsBreak: 'newsbreak.com com.particlenews.newsbreak',
    'Google Maps': 'maps.google.com com.google.android.apps.maps',
    'Google Messages': 'com.google.android.apps.messaging',
    'Google Chat': 'chat.google.com com.google.android.apps.dynamite',
    Skype: 'skype.com com.skype.raider skype',
    Zoom: 'zoom.us us.zoom.videomeetings',
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
