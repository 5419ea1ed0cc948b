import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { account, findBinaries, giveTo, settle } from './binaries.ts'
import { startChild } from './child.ts'
import { folderAdvice, isOfFiles, StoreError, takeFolder } from './lock.ts'
import { postgresLog } from './postgres-log.ts'
import { type Cluster, runPostmaster } from './postmaster.ts'

const major = '18'

/** A running Postgres of our own. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts the Postgres that came with the packages, its data under `dataDir/postgres`, on a free port
 * of the loopback. Makes the cluster at the first start; one left running by a killed service is
 * stopped first, so that one process owns it. Should it end while we run, it is started again.
 *
 * @param report is told when it ends and is started again
 * @throws {StoreError} with a sentence to act on
 */
export async function startEmbedded(
  dataDir: string,
  report: (message: string) => void = () => undefined,
): Promise<EmbeddedPostgres> {
  const unlock = await takeFolder(dataDir)
  try {
    const owner = await account(dataDir)
    const binaries = await findBinaries(owner)
    const home = await settle(dataDir, owner)
    const log = postgresLog(join(home, 'postgres.log'), owner)
    const cluster = { binaries, owner, home, data: join(home, 'data'), log }
    const password = await initialise(cluster)
    const running = await runPostmaster(cluster, report)
    const host = running.host.includes(':') ? `[${running.host}]` : running.host
    return {
      url: `postgres://hk:${password}@${host}:${running.port}/postgres`,
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    if (!isOfFiles(error)) throw error
    throw new StoreError(`The embedded Postgres cannot use its folder in ${dataDir}: ${error.message}. ${folderAdvice}`)
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
  // An empty folder is as good as none: somebody made the place for it.
  const found = await readdir(data).catch(() => [])
  if (found.length > 0) {
    throw new StoreError(
      `${data} is not a Postgres data directory (it has no PG_VERSION). ` +
        'Restore a backup, move the folder away to begin anew, or set HK_DATA_DIR to another one.',
    )
  }
  await removeUnfinished(home)
  // Each in a folder of its own, as what a killed start has left may still be ending in another.
  const fresh = `${data}.new-${randomBytes(4).toString('hex')}`
  const password = await makePassword(secret)
  await giveTo(secret, owner)
  const options = [
    '--username=hk',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
  ]
  const args = [`--pgdata=${fresh}`, `--pwfile=${secret}`, '--no-instructions', ...options]
  const making = startChild(binaries.initdb, args, owner)
  if ((await making.exited) !== 0) {
    await rm(fresh, { recursive: true, force: true })
    throw new StoreError(`Postgres could not make its data directory ${data}: ${initdbReason(making.output())}. ${folderAdvice}`)
  }
  await rename(fresh, data)
  return password
}

/** Removes the folders of starts that were ended while they made one: nothing was ever stored in them. */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!/^data\.new(-[0-9a-f]{8})?$/.test(name)) continue
    // One that is just being removed by what made it is looked for again at the next start.
    await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

function initdbReason(output: string): string {
  const lines = output.trim().split('\n')
  const line = lines.findLast((one) => /FATAL|PANIC/.test(one)) ?? lines.find((one) => /error:/.test(one)) ?? lines.at(-1) ?? ''
  return line.replace(/^.*?(FATAL|PANIC|error): +/, '').replace(/\.$/, '')
}

/** The password in a file, made where there is none. One that is there may be that of data that somebody moved away. */
async function makePassword(file: string): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (/^[0-9a-f]{48}$/.test(kept)) return kept
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600 })
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
