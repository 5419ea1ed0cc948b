import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { createClient } from '@redis/client'
import postgres from 'postgres'
import { startEmbedded } from '../../server/store/embedded.ts'
import { endPostgres, spawn, type Running } from '../support/process.ts'

/** A real server of a bus, which a test kills and starts again where it was. */
export interface BusServer extends AsyncDisposable {
  /** As `HK_BUS` has it; the database's own address for Postgres. */
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
  /** Sends bytes as anyone may who reaches the bus. */
  say(payload: Uint8Array): Promise<void>
}

/** A free port of the loopback. */
async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const probe = createServer().listen(0, '127.0.0.1', resolve)
  await promise
  const address = probe.address()
  await new Promise((done) => probe.close(done))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

interface Program {
  readonly command: (port: number, dir: string) => string[]
  readonly ready: RegExp
  readonly url: (port: number) => string
  readonly say: (url: string, payload: Uint8Array) => Promise<void>
}

/** Runs the program of a bus in a folder of its own. */
async function openProgram({ command, ready, url, say }: Program, running = true): Promise<BusServer> {
  const dir = await mkdtemp(join(tmpdir(), 'hk-bus-'))
  const port = await freePort()
  let child: Running | undefined
  const server: BusServer = {
    url: url(port),
    async start() {
      child = spawn(command(port, dir))
      await child.line(ready)
    },
    async stop() {
      await child?.kill('SIGKILL')
      child = undefined
    },
    say: (payload) => say(url(port), payload),
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
  if (running) await server.start()
  return server
}

/** Opens Redis, or Valkey which is the same to us, with a password. */
export const openRedis = (program: string, running?: boolean) =>
  openProgram(
    {
      command: (port, dir) => [
        program,
        ...`--port ${port} --bind 127.0.0.1 --dir ${dir} --appendonly no --requirepass hunter2`.split(' '),
        '--save',
        '',
      ],
      ready: /Ready to accept connections/,
      url: (port) => `redis://:hunter2@127.0.0.1:${port}/2`,
      async say(url, payload) {
        const client = await createClient({ url }).connect()
        await client.publish('hk_changes', Buffer.from(payload))
        client.destroy()
      },
    },
    running,
  )

/** Opens NATS, with a user and a password. */
export const openNats = (program: string, running?: boolean) =>
  openProgram(
    {
      command: (port) => [
        program,
        '-a',
        '127.0.0.1',
        '-p',
        String(port),
        '--user',
        'hk',
        '--pass',
        'hunter2',
      ],
      ready: /Server is ready/,
      url: (port) => `nats://hk:hunter2@127.0.0.1:${port}`,
      async say(url, payload) {
        const { host, username: user, password: pass } = new URL(url)
        const connection = await connect({ servers: host, user, pass })
        connection.publish('hk.changes', payload)
        await connection.drain()
      },
    },
    running,
  )

/** Opens a Postgres of its own, which comes back by itself soon after it was stopped. */
export async function openPostgres(): Promise<BusServer> {
  const dir = await mkdtemp(join(tmpdir(), 'hk-bus-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  const embedded = await startEmbedded(dir)
  const ask = async (work: (sql: postgres.Sql) => Promise<unknown>) => {
    const sql = postgres(embedded.url, { max: 1, onnotice: () => undefined })
    try {
      await work(sql)
    } finally {
      await sql.end()
    }
  }
  return {
    url: embedded.url,
    async stop() {
      endPostgres(dir, 'SIGINT')
    },
    async start() {
      for (const deadline = Date.now() + 30_000; ; await Bun.sleep(100)) {
        const answers = await ask((sql) => sql`select 1`).then(
          () => true,
          () => false,
        )
        if (answers) return
        if (Date.now() > deadline) throw new Error('Postgres did not come back.')
      }
    },
    say: (payload) => ask((sql) => sql.notify('hk_changes', Buffer.from(payload).toString('latin1'))),
    async [Symbol.asyncDispose]() {
      await embedded[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
