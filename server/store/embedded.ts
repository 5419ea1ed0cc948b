import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { isCode, StoreError, takeLock } from './lock.ts'
import { type Account, account, type Binaries, findBinaries, giveTo, run, settle } from './binaries.ts'

const major = '18'
const startTries = 3

/** A running Postgres of our own. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts the Postgres that came with the packages, its data in `dataDir`, on a free port of the
 * loopback. Makes the cluster at the first start; a cluster left running by a killed service is
 * stopped first, so that one process owns it.
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
    const cluster = join(home, 'postgres')
    const password = await initialise(binaries, home, cluster, owner)
    await stop(binaries, cluster, owner)
    const port = await start(binaries, home, cluster, owner)
    return {
      url: `postgres://hk:${password}@127.0.0.1:${port}/postgres`,
      async [Symbol.asyncDispose]() {
        await stop(binaries, cluster, owner)
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Makes the cluster where there is none, in a folder beside it that is renamed when whole. */
async function initialise(
  binaries: Binaries,
  home: string,
  cluster: string,
  owner: Account,
): Promise<string> {
  const secret = join(home, 'postgres-password')
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version !== undefined) {
    if (version.trim() === major) return (await readFile(secret, 'utf8')).trim()
    throw new StoreError(
      `${cluster} was made by Postgres ${version.trim()}, but this version of hk-live brings ${major}. ` +
        'Move its data with pg_dump, or set HK_DATA_DIR to another folder.',
    )
  }
  if (await stat(cluster).catch(() => undefined)) {
    throw new StoreError(
      `${cluster} is not a Postgres data directory (it has no PG_VERSION). ` +
        'Restore a backup, move the folder away to begin anew, or set HK_DATA_DIR to another one.',
    )
  }
  const fresh = `${cluster}.new`
  await rm(fresh, { recursive: true, force: true })
  const password = randomBytes(24).toString('hex')
  await writeFile(secret, password, { mode: 0o600 })
  await giveTo(secret, owner)
  const made = await run(
    binaries.initdb,
    [
      `--pgdata=${fresh}`,
      '--username=hk',
      `--pwfile=${secret}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      '--data-checksums',
    ],
    owner,
  )
  if (made.code !== 0) throw new StoreError(`Postgres could not make its data directory: ${made.output.trim()}`)
  await rename(fresh, cluster)
  return password
}

async function start(binaries: Binaries, home: string, cluster: string, owner: Account): Promise<number> {
  const log = join(home, 'postgres.log')
  await (await open(log, 'w')).close()
  await giveTo(log, owner)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
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
    const args = ['start', '-w', '-t', '60', '-D', cluster, '-l', log, '-o', options]
    if ((await run(binaries.pg_ctl, args, owner)).code === 0) return port
    const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
    const reason = lines.findLast((line) => /FATAL|PANIC|ERROR|could not/.test(line)) ?? lines.at(-1) ?? ''
    if (attempt < startTries && /Address already in use/.test(lines.join('\n'))) continue
    throw new StoreError(
      `The embedded Postgres did not start from ${cluster}: ${reason.replace(/^.*?(FATAL|PANIC|ERROR): +/, '')}. ` +
        `Its log is ${log}. Restore a backup of the folder, or move it away to begin anew.`,
    )
  }
}

/** Stops the cluster if it runs: ours at the end, or one that a killed service left. */
async function stop(binaries: Binaries, cluster: string, owner: Account): Promise<void> {
  const running = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error) => {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (running === undefined) return
  await run(binaries.pg_ctl, ['stop', '-m', 'fast', '-w', '-t', '60', '-D', cluster], owner)
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
