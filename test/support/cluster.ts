import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { account, findBinaries, giveTo, run, settle } from '../../server/store/binaries.ts'
import { watchOver } from './watchdog.ts'

/** A Postgres of a test's own that it may take away. Nobody starts it again by itself. */
export interface Cluster extends AsyncDisposable {
  /** Address of its first database. */
  readonly url: string
  /** Stops it as its operator does: sessions are cut off. */
  stop(): Promise<void>
  start(): Promise<void>
  /**
   * Holds all of its processes where they are, as a machine that is out of breath does: connections
   * stay and nothing answers. Returns what lets them go on.
   */
  freeze(): Promise<() => void>
}

/** What a cluster has beside the defaults. */
export interface ClusterSettings {
  /** Settings of Postgres, by name. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Files in its data folder, `pg_hba.conf` among others. */
  readonly files?: Readonly<Record<string, string>>
}

/** Makes an empty cluster in a temporary folder and starts it on a free port. */
export async function openCluster({ parameters = {}, files = {} }: ClusterSettings = {}): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'hk-cluster-'))
  const letGo = watchOver({ folder: dir })
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  const owner = await account(dir)
  const { initdb, pg_ctl } = await findBinaries(owner)
  const home = await settle(dir, owner)
  const data = join(home, 'data')
  const log = join(home, 'postgres.log')
  const port = await freePort()
  const url = `postgres://hk@127.0.0.1:${port}/postgres`

  async function order(program: string, args: string[]): Promise<void> {
    const { code, output } = await run(program, args, owner)
    if (code === 0) return
    throw new Error(`${program} ${args[0]}: ${output}\n${await readFile(log, 'utf8').catch(() => '')}`)
  }
  const start = () => {
    const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...parameters }
    const options = `-p ${port} ${Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`).join(' ')}`
    return order(pg_ctl, ['start', '-w', '-t', '60', '-D', data, '-l', log, '-o', options])
  }
  const stop = () => order(pg_ctl, ['stop', '-m', 'fast', '-w', '-t', '60', '-D', data])

  await order(initdb, [`--pgdata=${data}`, '--username=hk', '--auth=trust', '--encoding=UTF8', '--locale=C'])
  await giveTo(home, owner)
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(data, name), content, { mode: 0o600 })
    await giveTo(join(data, name), owner)
  }
  await start()
  let thaw = () => {}
  return {
    url,
    start,
    stop,
    async freeze() {
      const sql = postgres(url, { max: 1, onnotice: () => undefined })
      const [self] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`
      const [line = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
      const held = [Number(line)]
      // The postmaster first, so that no process begins that is not seen below.
      process.kill(Number(line), 'SIGSTOP')
      for (const { pid } of await sql<{ pid: number }[]>`select pid from pg_stat_activity`) {
        if (pid === self.pid) continue
        process.kill(pid, 'SIGSTOP')
        held.push(pid)
      }
      thaw = () => {
        thaw = () => {}
        for (const pid of held) process.kill(pid, 'SIGCONT')
        void sql.end()
      }
      return () => thaw()
    },
    async [Symbol.asyncDispose]() {
      thaw()
      await stop().catch(() => undefined)
      await rm(dir, { recursive: true, force: true })
      if (home !== join(dir, 'postgres')) await rm(home, { recursive: true, force: true })
      letGo()
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
