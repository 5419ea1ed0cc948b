import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { clean } from '../../server/ingest/clean.ts'
import { parsePage } from '../../server/ingest/path.ts'
import { hostileText, isPlain } from './ingest-hostile.ts'

describe("a page's URL becomes host and path", () => {
  test.each([
    ['https://Example.com', 'example.com /'],
    ['https://example.com/a?b=1#c', 'example.com /a'],
    ['https://example.com:8443/a/', 'example.com /a/'],
    ['https://user:secret@example.com./a', 'example.com /a'],
    ['https://example.com/a//', 'example.com /a/'],
    ['https://example.com///', 'example.com /'],
    ['https://example.com/a//b', 'example.com /a//b'],
    ['https://example.com/caf%C3%A9/%E6%97%A5', 'example.com /café/日'],
    ['https://example.com/café', 'example.com /café'],
    ['https://example.com/a%2Fb%3Fc%23d', 'example.com /a%2Fb%3Fc%23d'],
    ['https://example.com/100%25', 'example.com /100%'],
    ['https://example.com/50%-off/%zz', 'example.com /50%-off/%zz'],
    ['https://example.com/%ff/%C3%A9', 'example.com /%FF/é'],
    ['https://example.com/%ff%2fb', 'example.com /%FF%2Fb'],
    ['https://example.com/%ff%c3%a9', 'example.com /%FFé'],
    ['https://example.com/%2541', 'example.com /%2541'],
    ['https://example.com/a%00b%0ac', 'example.com /a%00b%0Ac'],
    ['https://example.com/a%5cb', 'example.com /a%5Cb'],
    ['https://example.com/cafe%CC%81', 'example.com /café'],
    ['https://example.com/sa%20le%20', 'example.com /sa le'],
    ['https://example.com/a\ud800', 'example.com /a\ufffd'],
    ['https://bücher.example/x', 'xn--bcher-kva.example /x'],
    ['http://[2001:db8::1]/x', '[2001:db8::1] /x'],
    ['https://example.com/a/../b', 'example.com /b'],
  ])('%s', (url, expected) => {
    const page = parsePage(url)
    expect(`${page?.hostname} ${page?.path}`).toBe(expected)
  })

  test.each([
    '',
    '/relative',
    'example.com/a',
    'ftp://example.com/',
    'javascript:alert(1)',
    'about:blank',
    'data:text/html,x',
    'https://',
    'https://exa mple.com/',
    'file:///etc/hosts',
    'blob:https://a.example/1',
    `https://example.com/${'a'.repeat(9_000)}`,
  ])('%s is not a page', (url) => {
    expect(parsePage(url)).toBeUndefined()
  })

  test('a long path is cut to 1,024 characters, never through a surrogate pair', () => {
    expect(parsePage(`https://example.com/${'a'.repeat(3_000)}`)?.path).toHaveLength(1_024)
    const smiles = parsePage(`https://example.com/${'😀'.repeat(600)}`)?.path ?? ''
    expect(smiles).toHaveLength(1_023)
    expect(smiles.isWellFormed()).toBe(true)
  })

  test('the fragment is kept on request only', () => {
    expect(parsePage('https://example.com/#/caf%C3%A9', { hash: true })?.path).toBe('/#/café')
    expect(parsePage('https://example.com/#', { hash: true })?.path).toBe('/')
    expect(parsePage('https://example.com/#/a')?.path).toBe('/')
  })

  test('campaign parameters and click ids are read from the query', () => {
    const query = 'utm_source=+News%00letter&utm_medium=email&utm_term=a%26b&gclid=x'
    const page = parsePage(`https://example.com/?${query}`)
    expect(page?.campaign).toEqual({
      utm_source: 'Newsletter',
      utm_medium: 'email',
      utm_campaign: '',
      utm_term: 'a&b',
      utm_content: '',
    })
    expect(page?.click).toBe('google')
    expect(parsePage('https://example.com/?msclkid=1')?.click).toBe('bing')
  })
})

test('a hostile URL gives plain text or nothing, never an error', () => {
  fc.assert(
    fc.property(hostileText, fc.boolean(), (text, hash) => {
      for (const url of [text, `https://example.com/${text}`, `https://example.com/?utm_source=${text}`]) {
        const page = parsePage(url, { hash })
        if (!page) continue
        expect([page.hostname, page.path, ...Object.values(page.campaign)].every(isPlain)).toBe(true)
        expect(page.path.length).toBeLessThanOrEqual(1_024)
        expect(page.path.startsWith('/')).toBe(true)
      }
    }),
  )
})

test('cleaned text is plain and no longer than asked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, max) => {
      const cleaned = clean(text, max)
      expect(isPlain(cleaned)).toBe(true)
      expect(cleaned.length).toBeLessThanOrEqual(max)
    }),
  )
})
