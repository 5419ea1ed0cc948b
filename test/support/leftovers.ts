/**
 * A test process that opens what tests open, says what, and waits to be killed: run by `faults/leftovers.test.ts`.
 *
 * @module
 */
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from './browser.ts'
import { openCluster } from './cluster.ts'
import { freshDatabase } from './postgres.ts'
import { spawnService } from './process.ts'

const base = await mkdtemp(join(tmpdir(), 'hk-left-'))
// For root, Postgres runs under another account, which has to reach its data.
await chmod(base, 0o755)
const cluster = await openCluster()
await freshDatabase()
const service = await spawnService({ HK_DATA_DIR: join(base, 'service'), HK_ADMIN_TOKEN: 'token-of-the-leftovers' })
const killed = await spawnService({ HK_DATA_DIR: join(base, 'killed'), HK_ADMIN_TOKEN: 'token-of-the-leftovers' })
await killed.kill('SIGKILL')
// Its processes stand still, as in a test of what hangs.
await cluster.freeze()
const browser = await openBrowser()
console.log(`open ${JSON.stringify({ base, pids: [service.pid, browser.process()?.pid] })}`)
setInterval(() => undefined, 60_000)
