/** The one form of a path: rules, and properties over all spellings. */
import { describe, expect, test } from 'bun:test'
import { pagePath } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { parsePage } from '../../server/ingest/path.ts'
import { matcherOfGoal } from '../../server/store/goal.ts'
import { normalizePage, normalizePath, normalizePattern } from '../../server/store/path.ts'
import { hostileText } from './ingest-hostile.ts'

/** Pieces of which paths are made that are written in more than one way, or would be another path if they were read twice. */
const piece = fc.oneof(
  fc.constantFrom('%', '%2', '%25', '2', '5', '%2f', '%2F', '/', '//', '.', '..', '%2e', '%00', '%0a', ' ', '%20', '%C3%A9'),
  fc.constantFrom('é', 'e\u0301', '%ff', '%E0%80%AF', '\\', '%5c', '\t', '%F0%9F%98%80', '😀', '\ud800', 'a', '41', '%41', 'A'),
  fc.constantFrom('#', '?', '%3f', '%23', '*', '\\*', '\u00a0', '%C2%A0', '+', '%2B', ';', 'x'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const text = fc.oneof(fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')), hostileText)

const patternOf = (stated: string, domain = 'shop.example') => {
  const normal = normalizePattern(stated, domain)
  return 'pattern' in normal ? normal.pattern : normal.fault
}

describe('a path as a text', () => {
  test.each([
    ['', '/'],
    ['pricing', '/pricing'],
    ['/a?b=1#c', '/a'],
    ['/a/./b/../c', '/a/c'],
    ['/a\\b', '/a/b'],
    ['//a//b//', '//a//b/'],
    ['/a%2fb', '/a%2Fb'],
    ['/%%34%31', '/%2541'],
    ['/100%25 %zz', '/100% %zz'],
    ['/..%20', '/..%20'],
    ['/A', '/A'],
  ])('%p is %p', (stated, form) => expect(normalizePath(stated)).toBe(form))

  test('of a form is itself', () => {
    fc.assert(fc.property(text, (stated) => expect(normalizePath(normalizePath(stated))).toBe(normalizePath(stated))), { numRuns: 3_000 })
    fc.assert(fc.property(text, (stated) => expect(normalizePage(normalizePage(stated))).toBe(normalizePage(stated))), { numRuns: 3_000 })
  })

  test('is that of the address that a browser makes of it', () => {
    fc.assert(
      fc.property(text, (stated) => {
        // What ends an address is cut off by those who parse it, but not what ends a path.
        const page = parsePage(`https://shop.example/${stated}#`)
        if (page !== undefined) expect(normalizePath(`/${stated}`)).toBe(page.path)
      }),
      { numRuns: 3_000 },
    )
  })

  test('is plain, absolute and of at most 1,024 characters', () => {
    fc.assert(
      fc.property(text, (stated) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(normalizePath(stated)).toMatch(/^\/[^\u0000-\u001f\u007f]*$/u)
        expect(normalizePath(stated).length).toBeLessThanOrEqual(1_024)
      }),
    )
  })

  test('is one for all spellings of a path', () => {
    const bytes = new TextEncoder()
    const escaped = (character: string, lower: boolean) =>
      [...bytes.encode(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')[lower ? 'toLowerCase' : 'toUpperCase']()}`).join('')
    const written = fc
      .tuple(fc.constantFrom(...'/aZ09-_~!$&(),;=:@é日😀ß ü'), fc.constantFrom('raw', 'lower', 'upper', 'decomposed'))
      .map(([character, way]) => {
        const parts = way === 'decomposed' ? [...character.normalize('NFD')] : [character]
        const isRaw = way === 'raw' || character === '/'
        return [character, parts.map((part) => (isRaw ? part : escaped(part, way === 'lower'))).join('')]
      })
    fc.assert(
      fc.property(fc.array(written, { maxLength: 30 }), fc.constantFrom('', '/', '///'), (pieces, end) => {
        const [plain, spelled] = [0, 1].map((index) => `/${pieces.map((pair) => pair[index]).join('')}x${end}`)
        expect(normalizePath(spelled ?? '')).toBe((plain ?? '').replace(/\/+$/, '/'))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a pattern of paths', () => {
  test.each([
    ['/sa%20le', '/sa le'],
    ['/caf%c3%a9/*', '/café/*'],
    ['/a\\*b*', '/a\\*b*'],
    ['/a%2Ab', '/a\\*b'],
    ['/a%01%02*', '/a%01%02*'],
    ['thanks', '/thanks'],
    ['*/thanks', '*/thanks'],
    ['/thanks?', '/thanks'],
    ['/thanks?*', '/thanks'],
    ['https://www.shop.example/thanks', '/thanks'],
    ['shop.example/thanks*', '/thanks*'],
    ['HTTPS://SHOP.example:443', '/'],
    ['/app#/inbox*', '/app#/inbox*'],
    ['/app#', '/app'],
    ['/a//', '/a/'],
  ])('%p is %p', (stated, form) => expect(patternOf(stated)).toBe(form))

  test.each([
    ['/search?q=lamp', 'has a query'],
    ['/search?q=*', 'has a query'],
    ['https://shop.example/a?b', 'has a query'],
    ['/thanks#top', 'has a fragment'],
    ['https://other.example/thanks', 'names the host "other.example"'],
    ['https://*.shop.example/thanks', 'names the host'],
  ])('%p is refused, as it %s', (stated, fault) => expect(patternOf(stated)).toStartWith(fault))

  test('of a form is itself', () => {
    fc.assert(
      fc.property(text, (stated) => {
        const normal = normalizePattern(stated, 'shop.example')
        if ('pattern' in normal) expect(patternOf(normal.pattern)).toBe(normal.pattern)
      }),
      { numRuns: 3_000 },
    )
  })

  test('without wildcards fits exactly the pages whose form is its own', () => {
    const quoted = (path: string) => path.replace(/[\\*]/g, '\\$&')
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [page, another] = [parsePage(`https://shop.example/${one}`), parsePage(`https://shop.example/${other}`)]
        if (page === undefined || another === undefined) return
        const normal = normalizePattern(quoted(new URL(`https://shop.example/${one}`).pathname), 'shop.example')
        const pattern = 'pattern' in normal ? normal.pattern : ''
        if (pattern.length > 1_000) return
        const reaches = matcherOfGoal({ goal_id: 'g', type: 'page', pattern, conditions: [] })
        const view = (path: string) => ({ type: 'pageview' as const, page: path, name: '', props: null })
        expect(reaches(view(page.path))).toBe(true)
        expect(reaches(view(another.path))).toBe(page.path === another.path)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a fragment follows in the same form', () => {
    expect(pagePath('/app/', '#/caf%c3%a9//')).toBe('/app/#/café/')
    expect(pagePath('/app', '#')).toBe('/app')
  })
})
