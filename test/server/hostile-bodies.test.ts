/** Bodies made to be expensive, sent to each route by each credential: none holds the process up. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isNestedDeeper, maxNesting } from '../../server/body.ts'
import { freshDatabase } from '../support/postgres.ts'
import { endAll, spawnService } from '../support/process.ts'

const token = 'admin-token-of-the-tests'
const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}0${close.repeat(levels)}`
const object = (fields: string) => `{"domain":"a.example","site":"x","items":[],${fields}}`

/** Each shape at the size at which it hurts, within what some route takes. */
const bodies: Record<string, string> = {
  'lists in lists, 4,000 deep': deep(4_000, '[', ']'),
  'lists in lists, 100,000 deep': deep(100_000, '[', ']'),
  'lists that are never closed': '['.repeat(200_000),
  'objects in objects, 30,000 deep': deep(30_000, '{"a":', '}'),
  'a field with 4,000 levels': object(`"name":${deep(4_000, '[', ']')}`),
  'a field as deep as is allowed': object(`"name":${deep(maxNesting - 1, '[', ']')}`),
  'a list of 100,000 entries': object(`"steps":[${'0,'.repeat(100_000)}0]`),
  'a list of 40,000 objects': object(`"conditions":[${'{"a":0},'.repeat(30_000)}{}]`),
  'a number of 200,000 digits': object(`"value":${'9'.repeat(200_000)}`),
  'an exponent without end': object(`"value":1e${'9'.repeat(100_000)}`),
  'a string of 250,000 characters': object(`"name":"${'x'.repeat(250_000)}"`),
  'a string of escapes': object(`"name":"${'\\u0000\\"'.repeat(25_000)}"`),
  'a string of backslashes': object(`"name":"${'\\\\'.repeat(100_000)}"`),
  'a field name of 200,000 characters': object(`"${'k'.repeat(200_000)}":1`),
  '20,000 fields': object(Array.from({ length: 20_000 }, (_, n) => `"k${n}":${n}`).join()),
  'one field 20,000 times': object(Array.from({ length: 20_000 }, () => '"domain":1').join()),
  'fields of the prototype': object('"__proto__":{"admin":true},"constructor":{"prototype":{"a":1}}'),
  'no JSON': 'x'.repeat(200_000),
  'nothing': '',
  'bytes that are not UTF-8': '\u00ff\u00fe'.repeat(50_000),
}

interface Route {
  readonly method: string
  readonly path: string
  readonly secured: boolean
}

let url: string
let routes: Route[]

beforeAll(async () => {
  const service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token, HK_LOG: 'silent' })
  url = service.url
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const made = await fetch(`${url}/api/sites`, { method: 'POST', headers, body: '{"domain":"a.example"}' })
  const { id } = await made.json()
  const { paths } = await (await fetch(`${url}/openapi/json`)).json()
  routes = Object.entries<Record<string, { security: object[] }>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /post|put|patch|delete/.test(method))
      // Deleting the site would leave the others nothing to be tried on.
      .map(([method, { security }]) => ({
        method: method.toUpperCase(),
        path: path.replace('{id}', method === 'delete' && path === '/api/sites/{id}' ? 'none' : id).replaceAll(/\{\w+\}/g, 'none'),
        secured: security.some((one) => 'bearer' in one),
      })),
  )
}, 60_000)
afterAll(endAll)

const credentials = { 'no credential': undefined, 'an unknown token': 'Bearer hka_unknown', 'a token that may all': `Bearer ${token}` }

function send({ method, path }: Route, body: string, authorization: string | undefined): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
  // Latin-1, so that one of them is no UTF-8.
  return fetch(`${url}${path}`, { method, headers, body: Buffer.from(body, 'latin1'), signal: AbortSignal.timeout(20_000) })
}

/** Asks for a sign of life all the while, and returns the longest wait for one in milliseconds. */
async function longestWait(work: () => Promise<void>): Promise<number> {
  let [longest, working] = [0, true]
  const asking = (async () => {
    while (working) {
      const began = performance.now()
      await (await fetch(`${url}/healthz`)).text()
      longest = Math.max(longest, performance.now() - began)
      await Bun.sleep(50)
    }
  })()
  await work().finally(() => (working = false))
  await asking
  return longest
}

describe('hostile bodies', () => {
  test('there are routes that take bodies', () => {
    expect(routes.filter(({ method }) => method !== 'DELETE').length).toBeGreaterThan(15)
  })

  test.each(Object.entries(bodies))('%s: to each route, by each credential', async (_, body) => {
    const found: string[] = []
    const everyRoute = async () => {
      for (const route of routes) {
        for (const [name, authorization] of Object.entries(credentials)) {
          const response = await send(route, body, authorization)
          const text = await response.text()
          const who = `${route.method} ${route.path.replace(/[a-z0-9]{10}/, '{id}')} by ${name}: ${response.status}`
          // Whoever has no right learns nothing else, whatever was sent.
          if (route.secured && authorization !== credentials['a token that may all'] && response.status !== 401) found.push(who)
          if (response.status >= 500) found.push(`${who} ${text.slice(0, 200)}`)
          if (response.status >= 400 && text.length > 1_000) found.push(`${who} with ${text.length} characters`)
        }
      }
    }
    // What a body costs, it costs each time; a machine that stands still for a moment does not.
    let longest = Infinity
    for (let round = 0; round < 3 && longest >= 500; round++) longest = Math.min(longest, await longestWait(everyRoute))
    expect(found).toEqual([])
    expect(longest).toBeLessThan(500)
  }, 120_000)
})

describe('the depth of a JSON text', () => {
  const depthOf = (value: unknown): number =>
    typeof value !== 'object' || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf))
  const bytes = (text: string) => new TextEncoder().encode(text)

  test('is that of the value, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        for (const levels of [0, 1, 3, 6]) {
          expect(isNestedDeeper(bytes(JSON.stringify(value)), levels)).toBe(depthOf(value) > levels)
        }
      }),
    )
    expect(isNestedDeeper(bytes('"[[[["'), 0)).toBe(false)
    expect(isNestedDeeper(bytes('{"\\"[[":[1]}'), 2)).toBe(false)
  })
})
