import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { type EmbeddedPostgres, startEmbedded } from '../../server/store/embedded.ts'
import { watchOver } from './watchdog.ts'

let cluster: Promise<{ postgres: EmbeddedPostgres; dir: string; letGo: () => void }> | undefined
let made = 0

async function startCluster() {
  const dir = await mkdtemp(join(tmpdir(), 'hk-test-'))
  const letGo = watchOver({ folder: dir })
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  return { postgres: await startEmbedded(dir), dir, letGo }
}

/**
 * Makes an empty database in a real Postgres that all tests of the process share, and returns its
 * address. The cluster starts with the first and is gone after the last test.
 */
export async function freshDatabase(): Promise<string> {
  cluster ??= startCluster()
  const { url } = (await cluster).postgres
  const name = `test_${process.pid}_${++made}`
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql.unsafe(`create database ${name}`)
  await sql.end()
  return url.replace(/\/postgres$/, `/${name}`)
}

/** Stops the shared cluster and removes its data. */
export async function stopCluster(): Promise<void> {
  if (cluster === undefined) return
  const { postgres, dir, letGo } = await cluster
  cluster = undefined
  await postgres[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
  letGo()
}
