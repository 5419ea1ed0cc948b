/** The door for requests of AI agents: open to whoever has a token with the scope, as an edge or a log shipper, and to nobody else. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { aiAgents } from '../../server/ingest/ai.ts'
import { parsePage } from '../../server/ingest/path.ts'
import { attribute } from '../../server/ingest/referrer.ts'
import { openNode } from '../support/node.ts'
import { openService, type TestService } from '../support/service.ts'

const fetched = { path: '/', user_agent: 'GPTBot/1.2', status_code: 200 }

/** What browsers add by themselves, what pages can add, and what neither should. */
const disguises: readonly Record<string, string>[] = [
  {},
  { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', referer: 'https://evil.example/' },
  { origin: 'http://test', referer: 'http://test/' },
  { origin: 'null' },
  { cookie: 'token=admin-token-of-the-tests; authorization=Bearer admin-token-of-the-tests' },
  { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', 'cf-connecting-ip': '127.0.0.1' },
  { 'x-api-key': 'admin-token-of-the-tests', 'x-hk-password': 'admin-token-of-the-tests' },
  { 'x-http-method-override': 'GET', 'x-original-url': '/ingest' },
  { 'user-agent': 'GPTBot/1.2' },
]

let service: TestService
let site: string
beforeAll(async () => {
  service = await openService()
  site = await service.makeSite()
})
afterAll(() => service[Symbol.asyncDispose]())

async function post(headers: Record<string, string>, path = `/api/sites/${site}/ingest/ai-fetch`): Promise<number> {
  return (await service.fetch(path, { method: 'POST', headers, body: JSON.stringify(fetched) })).status
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const storedOf = async () => {
  const [row] = await service.assembly.sql`select count(*)::int as fetches from ai_fetches where site_id = ${site}`
  return row?.fetches
}

describe('requests of AI agents', () => {
  test('are taken from a program that sends nothing but its token, over a real socket', async () => {
    await using node = await openNode()
    const own = await node.makeSite()
    const { token } = await node.admin<{ token: string }>('/api/clients', { label: 'edge', scopes: ['ingest'], sites: [own] })
    const request = { method: 'POST', headers: bearer(token), body: JSON.stringify(fetched) }
    const response = await fetch(`${node.url}/api/sites/${own}/ingest/ai-fetch`, request)
    expect([response.status, await response.json()]).toEqual([202, { accepted: 1, rejected: [] }])
  })

  test('are taken by the scope alone, whatever else the request has', async () => {
    const { token } = await service.admin<{ token: string }>('/api/clients', { label: 'edge', scopes: ['ingest'] })
    for (const headers of disguises) expect([headers, await post({ ...headers, ...bearer(token) })]).toEqual([headers, 202])
    expect(await storedOf()).toBe(disguises.length)
  })

  test('are refused without a token, without the scope, and by a share token, whatever else the request has', async () => {
    const before = await storedOf()
    const { token: reader } = await service.admin<{ token: string }>('/api/clients', { label: 'r', scopes: ['reports:read'] })
    const elsewhere = await service.makeSite()
    const { token: other } = await service.admin<{ token: string }>('/api/clients', { label: 'o', scopes: ['ingest'], sites: [elsewhere] })
    const { token: share } = await service.makeShare(site, { visits: true })
    for (const headers of disguises) {
      const asked = [
        await post(headers),
        await post({ ...headers, ...bearer('nonsense') }),
        await post({ ...headers, ...bearer(share) }),
        await post({ ...headers, ...bearer(reader) }),
        await post({ ...headers, ...bearer(other) }),
        await post(headers, `/api/share/${share}/sites/${site}/ingest/ai-fetch`),
        await post({ ...headers, ...bearer(share) }, `/api/share/${share}/sites/${site}/ingest`),
      ]
      expect([headers, asked]).toEqual([headers, [401, 401, 401, 403, 404, 404, 404]])
    }
    expect(await storedOf()).toBe(before)
  })
})

test('the catalogue has at least 40 agents that send requests, each with a family and one of three purposes', () => {
  const sending = aiAgents.filter(({ robotsOnly }) => robotsOnly !== true)
  expect(sending.length).toBeGreaterThanOrEqual(40)
  for (const { family, category } of sending) {
    expect(family).not.toBe('')
    expect(['training', 'search', 'assistant']).toContain(category)
  }
})

test.each([
  ['https://chatgpt.com/', 'ChatGPT'],
  ['https://chat.openai.com/c/1', 'ChatGPT'],
  ['https://www.perplexity.ai/search?q=x', 'Perplexity'],
  ['https://claude.ai/chat/1', 'Claude'],
  ['https://gemini.google.com/app', 'Gemini'],
  ['https://copilot.microsoft.com/', 'Copilot'],
])('a visit from %s comes from the AI assistant %s', (referrer, name) => {
  const page = parsePage('https://shop.example/')
  if (page === undefined) throw new Error('The page is none.')
  expect(attribute(referrer, page)).toMatchObject({ source: name, ai_source: name })
})
