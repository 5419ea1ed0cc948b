import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseAgent } from '../../server/ingest/agent.ts'
import { memo } from '../../server/ingest/memo.ts'
import { isPlain, hostileText } from './ingest-hostile.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)'

describe('a user agent tells browser, system and device by plain names', () => {
  test.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/141.0.0.0 Safari/537.36`,
      'Chrome Windows desktop',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
      'Edge Windows desktop',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/141.0.0.0 Safari/537.36 OPR/120.0.0.0`,
      'Opera Windows desktop',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.0 Safari/605.1.15`,
      'Safari macOS desktop',
    ],
    [`${iphone} ${apple} Version/18.0 Mobile/15E148 Safari/604.1`, 'Safari iOS mobile'],
    [`${iphone} ${apple} CriOS/141.0 Mobile/15E148 Safari/604.1`, 'Chrome iOS mobile'],
    [
      `Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) ${apple} Version/17.0 Mobile/15E148 Safari/604.1`,
      'Safari iOS tablet',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${webkit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet Android mobile',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/141.0.0.0 Mobile Safari/537.36`,
      'Chrome Android mobile',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox Android mobile'],
    [
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox Linux desktop',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/141.0.0.0 Safari/537.36`,
      'Chrome ChromeOS desktop',
    ],
    ['Mozilla/5.0 (X11; OpenBSD amd64; rv:100) Gecko/20100101 Firefox/100.0', 'Firefox  desktop'],
    [
      `Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) ${webkit} SamsungBrowser/5.0 Chrome/85 TV Safari/537.36`,
      'Samsung Internet Tizen other',
    ],
    ['SomethingNobodyKnows/1.0', '  other'],
    ['', '  other'],
  ])('%s', (userAgent, expected) => {
    const { browser, os, device } = parseAgent(userAgent)
    expect(`${browser} ${os} ${device}`).toBe(expected)
  })
})

describe('what is neither a desktop, a phone nor a tablet is "other"', () => {
  const android = (model: string) => `Mozilla/5.0 (Linux; Android 12; ${model}) ${webkit} Chrome/120.0.0.0 Safari/537.36`
  test.each([
    `Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633; wv) ${webkit} Version/4.0 Chrome/108.0.5359.160 Mobile Safari/537.36`,
    android('BRAVIA 4K VH2 Build/STT2.220929.001'),
    android('Chromecast Build/STTE'),
    android('MiTV-MOOQ0 Build/PI'),
    android('SHIELD Android TV Build/PPR1'),
    android('Smart TV Pro'),
    android('HiSmartTV A4'),
    android('PHILIPS 43PUS7906'),
    android('onn. 4K Streaming Box'),
    `Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) ${webkit} 94.0.4606.31/7.0 TV Safari/537.36`,
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${webkit} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`,
    `Mozilla/5.0 (PlayStation; PlayStation 5/8.20) ${apple} Version/13.0 Safari/605.1.15`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${webkit} Chrome/120.0.0.0 Safari/537.36 Edge/44.18363.8131`,
    'Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.22.5 NintendoBrowser/5.1.0.23519',
    `Mozilla/5.0 (Linux; Android 11; SM-R870) ${webkit} SamsungBrowser/18.0 Chrome/99.0 Mobile Safari/537.36`,
    `Mozilla/5.0 (X11; Linux x86_64; Quest 3) ${webkit} OculusBrowser/31.0 Chrome/120.0 VR Safari/537.36`,
    `Mozilla/5.0 (X11; GNU/Linux) ${webkit} Chromium/79.0.3945.130 Chrome/79.0.3945.130 Safari/537.36 Tesla/2021.4`,
    'Roku/DVP-12.0 (12.0.0.4182-88)',
    'Mozilla/5.0 (Linux; U; en-US) AppleWebKit/528.5+ (KHTML, like Gecko, Safari/528.5+) Version/4.0 Kindle/3.0 (screen 600x800; rotate)',
  ])('%s', (userAgent) => expect(parseAgent(userAgent).device).toBe('other'))

  test.each([
    ['mobile', android('Pixel 8').replace('Safari', 'Mobile Safari')],
    ['mobile', android('SM-G998B').replace('Safari', 'Mobile Safari')],
    ['mobile', android('Redmi Note 12').replace('Safari', 'Mobile Safari')],
    ...['Aftonbladet/7.2', 'TV2Nyheter/1 TV 2 Nyheter', 'SVT-TV/3', '[FB_IAB/FB4A;Facebook Watch]'].map(
      (app): [string, string] => ['mobile', `${android('SM-G998B').replace('Safari', 'Mobile Safari')} ${app}`],
    ),
    ['mobile', android('After8').replace('Safari', 'Mobile Safari')],
    ['tablet', android('SM-X710')],
    ['tablet', android('KFTRWI')],
    ['tablet', `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${apple} Version/16.6 Mobile/15E148 Safari/604.1`],
    ['mobile', `${iphone} ${apple} Version/18.0 Mobile/15E148 Safari/604.1`],
    ['desktop', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.0 Safari/605.1.15`],
    ['desktop', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/141.0.0.0 Safari/537.36`],
    ['desktop', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ])('but %s: %s', (device, userAgent) => expect(parseAgent(userAgent).device).toBe(device as 'mobile'))
})

test('a hostile user agent gives plain text and no error', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { browser, os, device } = parseAgent(text)
      expect(isPlain(browser) && isPlain(os)).toBe(true)
      expect(['desktop', 'mobile', 'tablet', 'other']).toContain(device)
    }),
  )
})

describe('a memo', () => {
  test('computes an answer once while it is among the ones used last', () => {
    const seen: string[] = []
    const upper = memo((text) => {
      seen.push(text)
      return text.toUpperCase()
    }, 2)
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(upper)).toEqual(['A', 'B', 'A', 'C', 'A', 'B'])
    expect(seen).toEqual(['a', 'b', 'c', 'b'])
  })

  test('cuts its keys, so that long ones take no memory', () => {
    const lengths: number[] = []
    memo((text) => lengths.push(text.length), 10, 512)('x'.repeat(100_000))
    expect(lengths).toEqual([512])
  })
})
