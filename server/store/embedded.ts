import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Account, account, type Binaries, findBinaries, giveTo, run, settle } from './binaries.ts'
import { commandOf, isAlive, StoreError, takeLock } from './lock.ts'

const major = '18'
const startTries = 3
const watchMs = 1_000
/** Seconds for a start: after a crash, Postgres first plays back its log. */
const startSeconds = 300

/** A running Postgres of our own. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly url: string
}

/** Where a cluster is, and what runs it. */
interface Cluster {
  readonly binaries: Binaries
  readonly owner: Account
  /** The folder of data, log and password. */
  readonly home: string
  readonly data: string
}

/**
 * Starts the Postgres that came with the packages, its data under `dataDir/postgres`, on a free port
 * of the loopback. Makes the cluster at the first start; one left running by a killed service is
 * stopped first, so that one process owns it. Should it end while we run, it is started again.
 *
 * @throws {StoreError} with a sentence to act on
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true }).catch((error) => {
    throw new StoreError(`HK_DATA_DIR ${dataDir} cannot be made: ${String(error)}.`)
  })
  const unlock = await takeLock(join(dataDir, 'hk.lock'), dataDir)
  try {
    const owner = await account(dataDir)
    const binaries = await findBinaries(owner)
    const home = await settle(dataDir, owner)
    const cluster = { binaries, owner, home, data: join(home, 'data') }
    const password = await initialise(cluster)
    await stop(cluster)
    const port = await start(cluster)
    const watching = watch(cluster, port)
    return {
      url: `postgres://hk:${password}@127.0.0.1:${port}/postgres`,
      async [Symbol.asyncDispose]() {
        await watching[Symbol.asyncDispose]()
        await stop(cluster)
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Makes the cluster where there is none, in a folder beside it that is renamed when whole. */
async function initialise(cluster: Cluster): Promise<string> {
  const { binaries, owner, home, data } = cluster
  const secret = join(home, 'password')
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version !== undefined) {
    if (version.trim() === major) return readPassword(secret)
    throw new StoreError(
      `${data} was made by Postgres ${version.trim()}, but this version of hk-live brings ${major}. ` +
        'Move its data with pg_dump, or set HK_DATA_DIR to another folder.',
    )
  }
  if (await stat(data).catch(() => undefined)) {
    throw new StoreError(
      `${data} is not a Postgres data directory (it has no PG_VERSION). ` +
        'Restore a backup, move the folder away to begin anew, or set HK_DATA_DIR to another one.',
    )
  }
  const fresh = `${data}.new`
  await rm(fresh, { recursive: true, force: true })
  const password = randomBytes(24).toString('hex')
  await writeFile(secret, password, { mode: 0o600 })
  await giveTo(secret, owner)
  const options = [
    '--username=hk',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
  ]
  const args = [`--pgdata=${fresh}`, `--pwfile=${secret}`, '--no-instructions', ...options]
  const made = await run(binaries.initdb, args, owner)
  if (made.code !== 0)
    throw new StoreError(`Postgres could not make its data directory: ${made.output.trim()}`)
  await rename(fresh, data)
  return password
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    throw new StoreError(
      `${file} is missing, and without it the database beside it cannot be opened. Restore it.`,
    )
  }
}

async function start(cluster: Cluster, fixedPort?: number): Promise<number> {
  const { binaries, owner, home, data } = cluster
  const log = join(home, 'postgres.log')
  await (await open(log, 'w')).close()
  await giveTo(log, owner)
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? (await freePort())
    const options = [
      `-p ${port}`,
      '-c listen_addresses=127.0.0.1',
      "-c unix_socket_directories=''",
      '-c max_connections=60',
      '-c timezone=UTC',
      '-c jit=off',
      // Soon after an import, so that reports are planned by how much there is.
      '-c autovacuum_naptime=5s',
    ].join(' ')
    const args = ['start', '-w', '-t', String(startSeconds), '-D', data, '-l', log, '-o', options]
    if ((await run(binaries.pg_ctl, args, owner)).code === 0) return port
    if ((await postmaster(cluster)) !== undefined) {
      throw new StoreError(
        `The embedded Postgres in ${data} is still recovering after ${startSeconds / 60} minutes. ` +
          `Leave it be and start hk-live again later; its log is ${log}.`,
      )
    }
    const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
    const reason = lines.findLast((line) => /FATAL|PANIC|ERROR|could not/.test(line)) ?? lines.at(-1) ?? ''
    if (attempt < startTries && /Address already in use/.test(lines.join('\n'))) continue
    throw new StoreError(
      `The embedded Postgres did not start from ${data}: ${reason.replace(/^.*?(FATAL|PANIC|ERROR): +/, '')}. ` +
        `Its log is ${log}. Restore a backup of the folder, or move it away to begin anew.`,
    )
  }
}

/** Stops the cluster if it runs: ours at the end, or one that a killed service left. */
async function stop(cluster: Cluster): Promise<void> {
  const { binaries, owner, data } = cluster
  if ((await postmaster(cluster)) === undefined) {
    // What a crash has left names a process that is gone, or by now somebody else's.
    await rm(join(data, 'postmaster.pid'), { force: true })
    return
  }
  const order = (mode: string) =>
    run(binaries.pg_ctl, ['stop', '-m', mode, '-w', '-t', '60', '-D', data], owner)
  if ((await order('fast')).code === 0 || (await order('immediate')).code === 0) return
  throw new StoreError(
    `The Postgres that runs in ${data} cannot be stopped. End it by hand, then start again.`,
  )
}

/** The process of the cluster, where it runs: the one that its file names, if that is a Postgres in there. */
async function postmaster({ data }: Cluster): Promise<number | undefined> {
  const [line = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(line)
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  return (await commandOf(pid)).includes(data) ? pid : undefined
}

/** Looks after the running cluster: one that was killed is started again on its port. */
function watch(cluster: Cluster, port: number): AsyncDisposable {
  let looking: Promise<void> | undefined
  const look = async () => {
    if ((await postmaster(cluster)) !== undefined) return
    await rm(join(cluster.data, 'postmaster.pid'), { force: true })
    // A start that fails is tried again at the next look.
    await start(cluster, port).catch(() => undefined)
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined))
  }, watchMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new StoreError('No free port could be found for the embedded Postgres.'))
      })
    })
  })
}
