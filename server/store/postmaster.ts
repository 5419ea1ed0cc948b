import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Account, type Binaries, run } from './binaries.ts'
import { type Child, startChild } from './child.ts'
import { commandOf, folderAdvice, isAlive, StoreError } from './lock.ts'
import { isPortTaken, type PostgresLog } from './postgres-log.ts'

/** Where a cluster is, and what runs it. */
export interface Cluster {
  readonly binaries: Binaries
  readonly owner: Account
  /** The folder of data, log and password. */
  readonly home: string
  readonly data: string
  readonly log: PostgresLog
}

/** A Postgres that runs, and is started again should it end. Disposing stops it. */
export interface Postmaster extends AsyncDisposable {
  /** The address of the loopback on which it listens. */
  readonly host: string
  readonly port: number
}

const startTries = 3
const pollMs = 50
/** After a crash, Postgres first plays back its log, which may take minutes: how often that is said. */
const recoveringMs = 30_000
const rotateMs = 60_000
/** Waits before a Postgres that ended is started again: soon, then more and more seldom. */
const restartMs = { first: 250, most: 10_000 }

/**
 * Starts the Postgres of a cluster on a free port of the loopback, after one that still runs there was stopped.
 * Should it end, for want of room on the disk or because somebody killed it, it is started again on the same port
 * until that succeeds; `report` is told why, each reason once.
 *
 * @throws {StoreError} with a sentence to act on, where it does not start the first time
 */
export async function runPostmaster(cluster: Cluster, report: (message: string) => void): Promise<Postmaster> {
  await stop(cluster)
  let current = await start(cluster, report)
  const { host, port } = current
  let closing = false
  let wake = () => {}
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function startAgain(): Promise<void> {
    let told = await current.reason()
    report(`The embedded Postgres ended: ${told}. It is started again; its log is ${cluster.log.file}.`)
    for (let waitMs = restartMs.first; !closing; waitMs = Math.min(waitMs * 2, restartMs.most)) {
      await pause(waitMs)
      if (closing) return
      try {
        // Where only what watches over it was killed, it still runs.
        await stop(cluster)
        current = await start(cluster, report, { host, port })
        return report('The embedded Postgres runs again.')
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        if (message !== told) report(`${message.replace(/\.$/, '')}. It is tried again.`)
        told = message
      }
    }
  }

  const watching = (async () => {
    while (!closing) {
      await current.child.exited
      if (!closing) await startAgain()
    }
  })()
  const rotating = setInterval(() => void cluster.log.rotate().catch(() => undefined), rotateMs)
  return {
    host,
    port,
    async [Symbol.asyncDispose]() {
      closing = true
      clearInterval(rotating)
      wake()
      await stop(cluster)
      current.child.end()
      await watching
      // A start that was under way as we closed.
      await stop(cluster)
    },
  }
}

interface Address {
  readonly host: string
  readonly port: number
}

interface Started extends Address {
  readonly child: Child
  /** Why it ended, from what its log has since it was started. */
  reason(): Promise<string>
}

/** Starts it once, on a free address, or on the one where it is looked for. */
async function start(cluster: Cluster, report: (message: string) => void, fixed?: Address): Promise<Started> {
  const { binaries, owner, data, log } = cluster
  for (let attempt = 1; ; attempt++) {
    const { host, port } = fixed ?? (await freeAddress())
    await log.rotate().catch(() => undefined)
    const reason = await log.mark()
    const settings = [
      `listen_addresses=${host}`,
      'unix_socket_directories=',
      'max_connections=60',
      'timezone=UTC',
      'jit=off',
      // Soon after an import, so that reports are planned by how much there is.
      'autovacuum_naptime=5s',
    ]
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
    const child = startChild(binaries.postgres, args, owner, log.file)
    if (await isReady(cluster, child, report)) return { host, port, child, reason }
    const why = child.output().trim() || (await reason())
    // Somebody took it between the look for a free one and the start.
    if (fixed === undefined && attempt < startTries && isPortTaken(why)) continue
    const advice = isPortTaken(why) ? `End the program that has the port ${port}, or start hk-live again.` : adviceFor(why, cluster)
    throw new StoreError(`The embedded Postgres did not start from ${data}: ${why}. Its log is ${log.file}. ${advice}`)
  }
}

function adviceFor(reason: string, { home, owner }: Cluster): string {
  if (/No space left|quota/i.test(reason)) return 'Make room on that disk.'
  if (/Read-only file system/i.test(reason)) return folderAdvice
  // As after a backup was put back by root.
  const give = /Permission denied/.test(reason) && owner !== undefined ? `Give the folder to its account (chown -R ${owner.uid}:${owner.gid} ${home}), or restore` : 'Restore'
  return `${give} a backup of the folder, or move it away to begin anew.`
}

/** Waits until Postgres takes connections; false where it ended before. */
async function isReady(cluster: Cluster, child: Child, report: (message: string) => void): Promise<boolean> {
  let hasEnded = false
  void child.exited.then(() => (hasEnded = true))
  for (let waited = pollMs; !hasEnded; waited += pollMs) {
    const lines = (await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    // The eighth line is what pg_ctl waits for.
    if (lines[7]?.trim() === 'ready') return true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    if (waited % recoveringMs === 0) report(`The embedded Postgres is still recovering; its log is ${cluster.log.file}.`)
  }
  return false
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
  // It may have ended on its own meanwhile, as one whose service was killed does.
  if ((await postmaster(cluster)) === undefined) return
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

/** A free port of the loopback: of IPv4, or of IPv6 where this machine has no other. */
async function freeAddress(): Promise<Address> {
  const found = (await probe('127.0.0.1')) ?? (await probe('::1'))
  if (found !== undefined) return found
  throw new StoreError('No free port of 127.0.0.1 or ::1 could be found for the embedded Postgres. Is the loopback up?')
}

function probe(host: string): Promise<Address | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? { host, port: address.port } : undefined))
    })
  })
}
