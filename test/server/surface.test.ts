/** The edges of the HTTP surface: hosts, paths, bodies that break off, and ports. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import fc from 'fast-check'
import { listen } from '../../server/runtime.ts'
import { openNode, type TestNode } from '../support/node.ts'
import { freshDatabase } from '../support/postgres.ts'
import { endAll, spawn, spawnService } from '../support/process.ts'

let node: TestNode
beforeAll(async () => {
  node = await openNode()
}, 60_000)
afterAll(() => node[Symbol.asyncDispose]())
afterEach(() => expect(node.errors.splice(0)).toEqual([]))

/** Sends bytes as they are and returns what is answered until the other end, or `ms`, closes. */
function exchange(text: string, ms = 2_000): Promise<string> {
  const { hostname, port } = new URL(node.url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (chunk) => (answer += chunk))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
    socket.on('error', () => undefined)
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

describe('the host of a request', () => {
  test.each(['a', 'ab', 'abc', 'abcd', '[::1]', '1.1', 'a:80', 'localhost', '[::1]:4747'])('may be %s', async (host) => {
    const answer = await exchange(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(statusOf(answer)).toBe(200)
  })
})

describe('a path', () => {
  test.each(['/api/share/%E0%A4%A', '/api/sites/%', '/api/sites/%ff/reports/overview', '/embed/%zz', '/share/%C3%28', '/%'])(
    'with a malformed escape is refused: %s',
    async (path) => {
      const response = await node.fetch(path)
      expect(response.status).toBe(400)
      expect((await response.json()).detail).toContain('percent escape')
    },
  )

  test('of any bytes is answered without an error of ours', async () => {
    const piece = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('%', '%00', '%2f', '%2e%2e', '..', '%ff', '%F0%9F%98%80', 'api', 'sites', 'share', 'embed', '\\', ';', '//'))
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const path = `/${pieces.join('/')}`
        if (!URL.canParse(`http://test${path}`)) return
        expect((await node.fetch(path)).status).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a body that breaks off', () => {
  test.each(['/ingest', '/api/sites', '/api/sites/none/ingest'])('is no error of ours: %s', async (path) => {
    const token = 'admin-token-of-the-tests'
    const head = `POST ${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`
    await exchange(`${head}Content-Length: 500\r\n\r\n{"site":`, 300)
    await exchange(`${head}Transfer-Encoding: chunked\r\n\r\n8\r\n{"site":\r\n`, 300)
    expect(statusOf(await exchange('GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n'))).toBe(200)
  })

  test('of an import is none either', async () => {
    const id = await node.makeSite()
    const head = `POST /api/sites/${id}/imports HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer admin-token-of-the-tests\r\n`
    await exchange(`${head}Content-Length: 500\r\n\r\ndate,visitors`, 300)
    await exchange(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\ndate\r\n`, 300)
    expect((await node.admin<{ imports: object[] }>(`/api/sites/${id}/imports`)).imports).toEqual([])
  })
})

describe('a port', () => {
  test.each([['127.0.0.1', '127.0.0.1'], ['127.0.0.1', '0.0.0.0'], ['0.0.0.0', '127.0.0.1'], ['127.0.0.1', '::']])(
    'is for one: who has it on %s keeps it from %s',
    async (first, second) => {
      await using held = listen(0, first, async () => new Response('first'))
      expect(() => listen(held.port, second, async () => new Response('second'))).toThrow(`Port ${held.port} is taken`)
    },
  )

  test.each([['Bun', ['bun']], ['Deno', ['node_modules/deno/deno', 'run', '-A', '--quiet']]] as const)(
    'is not shared by two services on %s',
    async (_, runtime) => {
      const env = { DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: 'admin-token-of-the-tests' }
      const first = await spawnService(env, [...runtime])
      const { port } = new URL(first.url)
      const second = spawn([...runtime, 'server/main.ts'], { ...env, HK_PORT: port, HK_HOST: '127.0.0.1', HK_SPOOL_BYTES: '0' })
      expect(await second.exited).toBe(1)
      expect(second.output().trim()).toBe(`Port ${port} is taken by another program. Stop it, or set HK_PORT to another port.`)
      expect((await fetch(`${first.url}/healthz`)).status).toBe(200)
      await endAll()
    },
    60_000,
  )
})
