/** Postgres goes away under a statement that nobody waits for, as under those that the driver asks by itself. */
import { describe, expect, test } from 'bun:test'
import { connect, createServer } from 'node:net'
import { freshDatabase } from '../support/postgres.ts'
import { runtimes, spawn } from '../support/process.ts'

/** Stands between a process and Postgres, and cuts off what sleeps. */
function openGate(url: string): Promise<Disposable & { url: string; cut: () => number }> {
  const target = new URL(url)
  const { hostname, port } = target
  let cut = 0
  const server = createServer((client) => {
    const postgres = connect(Number(port), hostname)
    client.on('error', () => undefined).on('close', () => postgres.destroy())
    postgres.on('error', () => undefined).on('close', () => client.destroy())
    postgres.on('data', (data) => client.write(data))
    client.on('data', (data) => {
      if (!data.includes('pg_sleep')) return postgres.write(data)
      cut += 1
      return client.end()
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      target.port = String(address !== null && typeof address === 'object' ? address.port : 0)
      resolve({ url: target.href, cut: () => cut, [Symbol.dispose]: () => void server.close() })
    })
  })
}

describe.each(runtimes)('on %s, a process', (_name, runtime) => {
  const probe = async (url: string, ...words: string[]) => {
    const probing = spawn([...runtime, 'test/support/driver-probe.ts', ...words], { DATABASE_URL: url })
    return { code: await probing.exited, printed: probing.output() }
  }

  test('lives on where a statement that nobody waits for is cut off', async () => {
    using gate = await openGate(await freshDatabase())
    expect(await probe(gate.url)).toEqual({ code: 0, printed: 'lives on\n' })
    expect(gate.cut()).toBeGreaterThan(0)
  }, 30_000)

  test('ends with any other error that nobody caught', async () => {
    const { code, printed } = await probe(await freshDatabase(), '--other')
    expect(code).toBe(1)
    expect(printed).toContain('of ours')
  }, 30_000)
})
