/** What a tracker excludes is what the service would: for any address, and any pattern in any spelling. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isExcluded } from '../../sdk/tracker/exclude.ts'
import { prepare } from '../../sdk/tracker/rescue.ts'
import { parsePage } from '../../server/ingest/path.ts'
import { checkRule, compileRules } from '../../server/ingest/rules.ts'

/** Whether the tracker leaves out what happens at an address. */
function leavesOut(url: string, pattern: string): boolean {
  const path = url.replace(/^\w+:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/, '$1')
  const item = { id: '12345678', type: 'pageview' as const, url }
  return isExcluded([pattern], path) ?? prepare(item, path, [pattern]) === undefined
}

/** Whether the service does; `undefined` where it takes no such exclusion. */
function excludes(url: string, pattern: string): boolean | undefined {
  try {
    const page = parsePage(url, { hash: true })
    return compileRules([checkRule('path', pattern, '')]).excludesPath(page?.path ?? '')
  } catch {
    return undefined
  }
}

const piece = fc.constantFrom(
  'a', 'b', 'A', '/', '//', '.', '-', '_', '%20', ' ', 'é', 'e\u0301', '%C3%A9', '%c3%a9', '%2f', '%2F', '%25', '%', '41', '%41', '日', '%ff', '+', '(', '$', '|', '%00', '%3F', '#/', '&',
)
const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`)
const wild = fc.array(fc.oneof({ weight: 5, arbitrary: piece }, { weight: 2, arbitrary: fc.constantFrom('*', '\\*') }), { maxLength: 8 })

describe('an exclusion of the tracker', () => {
  test('holds where that of the service would', () => {
    let fitting = 0
    fc.assert(
      fc.property(path, wild, fc.nat(2), (stated, pieces, kind) => {
        const { href } = new URL(`https://shop.example${stated}`)
        // At random few would fit: the path itself, and one that begins as it does.
        const pattern = [pieces.join(''), stated, `${stated.slice(0, 3)}*`][kind] ?? ''
        const expected = excludes(href, pattern)
        if (expected === undefined) return
        if (expected) fitting++
        expect([href, pattern, leavesOut(href, pattern)]).toEqual([href, pattern, expected])
      }),
      { numRuns: 20_000 },
    )
    expect(fitting).toBeGreaterThan(1_000)
  })

  test.each([
    ['/m%C3%BCnchen/x', '/münchen/*', true],
    ['/sa%20le', '/sa le', true],
    ['/admin/users', 'admin/*', true],
    ['/a/b', '/a%2fb', false],
    ['/a%2Fb', '/a%2fb', true],
    ['/st*r', '/st\\*r', true],
    ['/star', '/st\\*r', false],
    ['/preview.html', '/previewXhtml', false],
    ['/app#/inbox', '/app#/*', true],
  ])('at %p of %p: %p', (stated, pattern, expected) => {
    expect(leavesOut(`https://shop.example${stated}`, pattern)).toBe(expected)
  })
})
