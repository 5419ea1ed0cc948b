/** Pages of share links: what they say without JavaScript, who may frame them, and what cannot be put into them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, pageview, type TestService } from '../support/service.ts'

let service: TestService
let site: string
let token: string

beforeAll(async () => {
  service = await openService()
  site = await service.makeSite({ domain: 'shop.example', name: '<b>Shop</b>' })
  token = (await service.makeShare(site)).token
  await service.send(site, [pageview('/'), pageview('/lamps')])
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

async function page(path: string, headers: Record<string, string> = {}) {
  const response = await service.fetch(path, { headers })
  return { response, text: await response.text(), policy: response.headers.get('content-security-policy') ?? '' }
}
const share = (settings: object = {}) => service.makeShare(site, settings)

describe('the page of a share link', () => {
  test('reads without JavaScript: the site, the days and the headline numbers', async () => {
    const { response, text } = await page(`/share/${token}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('<title>Statistics of shop.example</title>')
    expect(text).toContain('<dt>Visitors</dt><dd>1</dd>')
    expect(text).toContain('<dt>Pageviews</dt><dd>2</dd>')
    expect(text).toMatch(/<p>\w+ \d+.* – .*\d+, \d{4}<\/p>/)
    expect(text).toContain('property="og:title" content="Statistics of shop.example"')
  })

  test('is not for search engines, not kept, and tells nobody its address', async () => {
    const { response, text } = await page(`/share/${token}`)
    expect(text).toContain('<meta name="robots" content="noindex">')
    expect(response.headers.get('x-robots-tag')).toBe('noindex')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('is in the language that is named, else in the first of the reader that there is', async () => {
    expect((await page(`/share/${token}?lang=de`)).text).toContain('<dt>Besucher</dt>')
    const french = await page(`/share/${token}`, { 'accept-language': 'pt, fr-CA;q=0.8, de;q=0.5' })
    expect(french.text).toContain('<html lang="fr">')
    expect((await page(`/share/${token}?lang=ar`)).text).toContain('<html lang="ar" dir="rtl">')
    expect((await page(`/share/${token}?lang=constructor`)).text).toContain('<html lang="en">')
  })

  test('shows the range of its address, and the usual one where that will not do', async () => {
    expect((await page(`/share/${token}?from=2020-01-01&to=2020-01-31`)).text).toContain('<dt>Visitors</dt><dd>0</dd>')
    for (const query of ['range=<script>', 'from=2020-13-40&to=x', 'from=2020-02-01&to=2020-01-01', 'filter=nothing']) {
      expect((await page(`/share/${token}?${query}`)).text).toContain('<dt>Visitors</dt><dd>1</dd>')
    }
  })

  test('shows no numbers that the link does not, and only those that its filters let through', async () => {
    const narrow = await share({ reports: ['breakdown'] })
    expect((await page(`/share/${narrow.token}`)).text).not.toContain('<dl>')
    const part = await share({ filters: ['page:/lamps'] })
    expect((await page(`/share/${part.token}`)).text).toContain('<dt>Pageviews</dt><dd>1</dd>')
  })

  test('lets nothing run but what the service hands out, and may be framed by the origins that the link allows', async () => {
    const { policy, text } = await page(`/share/${token}?background=ff8800&theme=dark`)
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'sha256-")
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types lit-html")
    expect(policy).toContain('frame-ancestors *;')
    expect(policy).not.toContain('unsafe')
    expect(text).toContain('body{background:#ff8800}')
    const [sheet = ''] = /(?<=<style>)[^<]*/.exec(text) ?? []
    expect(policy).toContain(new Bun.CryptoHasher('sha256').update(sheet).digest('base64'))
    const own = await share({ allowed_origins: ['https://partner.example'] })
    expect((await page(`/share/${own.token}`)).policy).toContain("frame-ancestors 'self' https://partner.example;")
    expect((await page(`/share/${own.token}`, { origin: 'https://other.example' })).response.status).toBe(403)
  })

  test('cannot be made to say what its address says', async () => {
    const hostile = encodeURIComponent('"><script>alert(1)</script>')
    const query = ['sections', 'background', 'theme', 'lang', 'range', 'embed'].map((name) => `${name}=${hostile}`).join('&')
    const { text } = await page(`/share/${token}?${query}`)
    expect(text).not.toContain('<script>')
    expect(text).not.toContain('<b>')
  })

  test('is one and the same page for a link that never was, is over, or was revoked', async () => {
    const over = await share({ expires_at: new Date(Date.now() + 50).toISOString() })
    const revoked = await share()
    await service.admin(`/api/sites/${site}/shares/${revoked.id}`, undefined, 'DELETE')
    await Bun.sleep(60)
    const pages = await Promise.all([over.token, revoked.token, 'hks_nothing', 'x'].map((one) => page(`/share/${one}`)))
    expect(pages.map(({ response }) => response.status)).toEqual([404, 404, 404, 404])
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1)
    expect(pages[0]?.text).toContain('There is nothing at this address')
    expect(pages[0]?.text).not.toContain('<script')
  })

  test('says nothing of the site where the link has a password', async () => {
    const locked = await share({ password: 'a long secret' })
    const { response, text } = await page(`/share/${locked.token}`)
    expect(response.status).toBe(200)
    expect(text).toContain('<title>Shared statistics</title>')
    expect(text).not.toContain('shop.example')
    expect(text).not.toContain('<dl>')
  })
})

describe('one element as a page', () => {
  test('has the attributes of its address that it has, and no others', async () => {
    const { response, text } = await page(
      `/embed/${token}/chart?metric=visitors,visits&range=7d&height=200&limit=5&endpoint=https://evil.example&share=x&onclick=x`,
    )
    expect(response.status).toBe(200)
    expect(text).toContain(
      `<hk-site share="${token}"><hk-chart metric="visitors,visits" height="200" range="7d"></hk-chart></hk-site>`,
    )
    expect((await page(`/embed/${token}/hk-kpi?spark&label="><i>`)).text).toContain('<hk-kpi spark label="&quot;&gt;&lt;i&gt;">')
  })

  test('has nothing behind it, and its own policy', async () => {
    const { text, policy } = await page(`/embed/${token}/live`)
    expect(text).toContain('body{background:transparent}')
    expect(policy).toContain("script-src 'self'")
    expect((await page(`/embed/${token}/live?background=red;}*{display:none`)).text).toContain('body{background:transparent}')
  })

  test('is not found by another name, nor by another link', async () => {
    for (const path of [`${token}/site`, `${token}/constructor`, `${token}/toString`, 'hks_nothing/kpi']) {
      const { response, text } = await page(`/embed/${path}`)
      expect([path, response.status]).toEqual([path, 404])
      expect(text).toContain('<!doctype html>')
    }
  })

  test('leaves the files of the build where they are', async () => {
    const missing = await page('/embed/chunks/nothing-12345678.js')
    expect(missing.response.status).toBe(404)
    expect(missing.response.headers.get('content-type')).toBe('application/problem+json')
  })
})
