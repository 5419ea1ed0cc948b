import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../server/cli.ts'
import { freshDatabase } from './postgres.ts'
import { spawnService } from './process.ts'
import { operatorToken, reach, type Remote } from './remote.ts'

/** A service in a process and on a database of its own, as its operator has it. */
export interface OperatedService extends Pick<Remote, 'url' | 'admin' | 'metric'>, AsyncDisposable {
  /** A folder for files of the test, that goes with it. */
  readonly folder: string
  /** Settings by which `hk` finds the service. */
  readonly environment: Readonly<Record<'HK_URL' | 'HK_TOKEN', string>>
  /** Runs `hk` and returns what it says. */
  hk(...words: string[]): Promise<string>
}

/** Starts a service that listens, and ends it when it is disposed of. */
export async function openOperated(): Promise<OperatedService> {
  const running = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken })
  const folder = await mkdtemp(join(tmpdir(), 'hk-operated-'))
  const environment = { HK_URL: running.url, HK_TOKEN: operatorToken }
  const { url, admin, metric } = reach(running.url)
  return {
    url,
    admin,
    metric,
    folder,
    environment,
    hk: (...words) => runCommand(words, environment),
    async [Symbol.asyncDispose]() {
      await running.kill('SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
