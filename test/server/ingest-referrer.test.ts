import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parsePage } from '../../server/ingest/path.ts'
import { attribute } from '../../server/ingest/referrer.ts'
import { hostileText, isPlain } from './ingest-hostile.ts'

function from(referrer: string, query = '') {
  const page = parsePage(`https://www.example.com/${query}`)
  if (!page) throw new Error('the page is a page')
  return attribute(referrer, page)
}

describe('a referrer tells source and channel', () => {
  test.each([
    ['', 'Direct | Direct | '],
    ['not a url', 'Direct | Direct | '],
    ['https://www.example.com/other', 'Direct | Direct | '],
    ['https://example.com/other', 'Direct | Direct | '],
    ['https://shop.example.com/other/', 'shop.example.com | Referral | shop.example.com/other'],
    ['https://www.google.com/', 'Google | Organic Search | google.com'],
    ['https://www.google.co.uk/search?q=secret', 'Google | Organic Search | google.co.uk/search'],
    ['http://www.google.com.br/url?sa=t', 'Google | Organic Search | google.com.br/url'],
    ['https://mail.google.com/mail/u/0', 'Gmail | Email | mail.google.com/mail/u/0'],
    ['https://docs.google.com/document/d/1', 'docs.google.com | Referral | docs.google.com/document/d/1'],
    ['https://www.bing.com/search', 'Bing | Organic Search | bing.com/search'],
    ['https://duckduckgo.com/', 'DuckDuckGo | Organic Search | duckduckgo.com'],
    ['https://uk.search.yahoo.com/', 'Yahoo | Organic Search | uk.search.yahoo.com'],
    ['https://yandex.ru/', 'Yandex | Organic Search | yandex.ru'],
    ['https://search.brave.com/', 'Brave | Organic Search | search.brave.com'],
    ['https://news.ycombinator.com/item?id=1', 'Hacker News | Organic Social | news.ycombinator.com/item'],
    ['https://old.reddit.com/r/x/', 'Reddit | Organic Social | old.reddit.com/r/x'],
    ['https://de.pinterest.com/pin/1', 'Pinterest | Organic Social | de.pinterest.com/pin/1'],
    ['https://mail.yahoo.co.jp/', 'Yahoo Mail | Email | mail.yahoo.co.jp'],
    ['https://smile.amazon.de/', 'Amazon | Organic Shopping | smile.amazon.de'],
    ['https://t.co/abc', 'X | Organic Social | t.co/abc'],
    ['https://l.facebook.com/l.php', 'Facebook | Organic Social | l.facebook.com/l.php'],
    ['android-app://com.linkedin.android/', 'LinkedIn | Organic Social | com.linkedin.android'],
    ['https://www.youtube.com/watch?v=1', 'YouTube | Organic Video | youtube.com/watch'],
    ['https://www.amazon.de/dp/1', 'Amazon | Organic Shopping | amazon.de/dp/1'],
    ['https://github.com/a/b', 'GitHub | Referral | github.com/a/b'],
    ['https://chatgpt.com/', 'ChatGPT | AI Assistant | chatgpt.com'],
    ['https://www.perplexity.ai/search/x', 'Perplexity | AI Assistant | perplexity.ai/search/x'],
    ['https://gemini.google.com/app', 'Gemini | AI Assistant | gemini.google.com/app'],
    ['https://copilot.microsoft.com/', 'Copilot | AI Assistant | copilot.microsoft.com'],
    ['https://claude.ai/chat/1', 'Claude | AI Assistant | claude.ai/chat/1'],
    ['https://www.Blog.Example.org/Caf%C3%A9/', 'blog.example.org | Referral | blog.example.org/Café'],
    ['https://notgoogle.com/', 'notgoogle.com | Referral | notgoogle.com'],
    ['https://google.evil.example/', 'google.evil.example | Referral | google.evil.example'],
    ['javascript:alert(1)', 'Direct | Direct | '],
  ])('%s', (referrer, expected) => {
    const { source, channel, referrer: page } = from(referrer)
    expect(`${source} | ${channel} | ${page}`).toBe(expected)
  })
})

describe('a campaign goes before the referrer', () => {
  test.each([
    ['?utm_source=chatgpt.com', '', 'ChatGPT | AI Assistant | ChatGPT'],
    ['?utm_source=fb&utm_medium=paid_social', '', 'Facebook | Paid Social | '],
    ['?utm_source=google&utm_medium=cpc', 'https://www.google.com/', 'Google | Paid Search | '],
    ['?utm_source=google&utm_medium=cpc&utm_campaign=summer-shop', '', 'Google | Paid Shopping | '],
    ['?utm_source=google&utm_medium=cpc&utm_campaign=workshop', '', 'Google | Paid Search | '],
    ['?utm_source=google&utm_campaign=x-cross-network', '', 'Google | Cross-network | '],
    ['?gclid=abc', 'https://www.google.com/', 'Google | Paid Search | '],
    ['?gclid=abc', '', 'Google | Paid Search | '],
    ['?msclkid=abc', 'https://www.bing.com/', 'Bing | Paid Search | '],
    ['?utm_source=youtube&utm_medium=cpc', '', 'YouTube | Paid Video | '],
    ['?utm_source=somewhere&utm_medium=display', '', 'somewhere | Display | '],
    ['?utm_source=somewhere&utm_medium=cpc', '', 'somewhere | Paid Other | '],
    ['?utm_source=october&utm_medium=email', 'https://www.google.com/', 'october | Email | '],
    ['?utm_source=email', '', 'email | Email | '],
    ['?utm_source=partner&utm_medium=affiliate', '', 'partner | Affiliates | '],
    ['?utm_source=partner&utm_medium=referral', '', 'partner | Referral | '],
    ['?utm_source=podcast&utm_medium=audio', '', 'podcast | Audio | '],
    ['?utm_source=crm&utm_medium=sms', '', 'crm | SMS | '],
    ['?utm_source=app&utm_medium=web-push', '', 'app | Mobile Push Notifications | '],
    ['?utm_source=x&utm_medium=social', '', 'X | Organic Social | '],
    ['?utm_source=whatever&utm_medium=odd', '', 'whatever | Unassigned | '],
    ['?utm_medium=cpc', 'https://duckduckgo.com/', 'DuckDuckGo | Paid Search | '],
  ])('%s from "%s"', (query, referrer, expected) => {
    const { source, channel, ai_source } = from(referrer, query)
    expect(`${source} | ${channel} | ${ai_source}`).toBe(expected)
  })
})

describe('an app that names itself as the referrer', () => {
  test.each([
    ['com.pinterest', 'Pinterest | Organic Social'],
    ['com.facebook.katana', 'Facebook | Organic Social'],
    ['com.facebook.orca', 'Messenger | Organic Social'],
    ['com.instagram.android', 'Instagram | Organic Social'],
    ['com.zhiliaoapp.musically', 'TikTok | Organic Video'],
    ['com.whatsapp', 'WhatsApp | Organic Social'],
    ['com.google.android.googlequicksearchbox', 'Google | Organic Search'],
    ['com.google.android.gm', 'Gmail | Email'],
    ['com.microsoft.office.outlook', 'Outlook | Email'],
    ['com.openai.chatgpt', 'ChatGPT | AI Assistant'],
    ['com.Slack', 'Slack | Referral'],
    ['com.amazon.mShop.android.shopping', 'Amazon | Organic Shopping'],
    ['jp.naver.line.android', 'LINE | Organic Social'],
    ['com.example.unknown', 'com.example.unknown | Referral'],
  ])('%s', (app, expected) => {
    const { source, channel } = from(`android-app://${app}/`)
    expect(`${source} | ${channel}`).toBe(expected)
  })
})

test('a hostile referrer or campaign gives plain text, never an error', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (referrer, query) => {
      const page = parsePage(`https://example.com/?utm_source=${query}`) ?? parsePage('https://example.com/')
      if (!page) throw new Error('the page is a page')
      for (const text of [referrer, `https://${referrer}`, `https://other.example/${referrer}`]) {
        const found = attribute(text, page)
        expect(Object.values(found).every(isPlain)).toBe(true)
        expect(found.source).not.toBe('')
        expect(found.referrer.length).toBeLessThanOrEqual(1_024)
      }
    }),
  )
})
