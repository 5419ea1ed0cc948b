/** Lists of addresses that proxies passed on: what else stands in them, and where they stand. */
import { describe, expect, test } from 'bun:test'
import { readerFor } from '../../server/logs/index.ts'

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const rest = `[10/Nov/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 12 "-" "${agent}"`
const read = (line: string, format = 'auto') => readerFor(format)().read(line)
const many = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}`).join(', ')

/** Lists of which 203.0.113.5 counts, as clients and proxies write them. */
const lists = [
  '203.0.113.5, cache.example',
  '203.0.113.5, ',
  '203.0.113.5,',
  '203.0.113.5,,10.0.0.3',
  '203.0.113.5, -',
  '203.0.113.5, unknown',
  '203.0.113.5, _hidden',
  '203.0.113.5, localhost:8080',
  `203.0.113.5, ${many}`,
  `203.0.113.5, ${'x'.repeat(2_000)}`,
  'cache.example, 203.0.113.5',
  'unknown, 203.0.113.5',
  '-, 203.0.113.5',
  ', 203.0.113.5',
  '_hidden, 10.0.0.7, 203.0.113.5',
  'for=_hidden, for=203.0.113.5;proto=https',
  'for=unknown;by=10.0.0.1, for="203.0.113.5:5123"',
]

describe('a list after the agent', () => {
  test.each(lists.map((list) => list.replaceAll('"', String.raw`\"`)))('is one, whatever else is in it: %s', (list) => {
    expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '203.0.113.5', userAgent: agent })
    expect(read(`10.0.0.1 - - ${rest} "-" 0.003 "${list}"`)).toMatchObject({ host: '203.0.113.5' })
  })

  test.each(['203.0.113.5, <script>', '203.0.113.5, a b', '203.0.113.5, https://x.example/?a=1,2', `203.0.113.5, <${many}`])(
    'is one where an address begins it: %s',
    (list) => {
      expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '203.0.113.5' })
      // Any other field may hold an address somewhere.
      expect(read(`10.0.0.1 - - ${rest} "-" "${list}"`)).toMatchObject({ host: '10.0.0.1' })
    },
  )

  test.each(['https://x.example/?servers=8.8.4.4,8.8.8.8,', 'unix:/run/app.sock, 198.51.100.7:80', 'unknown', '-', ',', 'cache.example', `${'x'.repeat(2_000)}, 8.8.8.8`])(
    'is none: %s',
    (text) => {
      expect(read(`10.0.0.1 - - ${rest} "${text}" "${text}"`)).toMatchObject({ host: '10.0.0.1' })
    },
  )

  test('is cut between its entries: a part of an address would be another one', () => {
    const list = (length: number) => `${'unknown,'.repeat(200).slice(0, length - 10)},203.0.113.57`
    for (let length = 985; length < 1_015; length++) {
      expect(['203.0.113.57', '10.0.0.1']).toContain(Object(read(`10.0.0.1 - - ${rest} "${list(length)}"`)).host)
    }
  })

  test('is written with its quotes escaped', () => {
    for (const list of [String.raw`for=\"[2001:db8::1]:5123\"`, String.raw`for=\x22[2001:db8::1]\x22`]) {
      expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '2001:db8::1' })
    }
  })
})
