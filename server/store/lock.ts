import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'

/** A data directory is in use by another process, or cannot be used; the message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/**
 * Takes a directory for this process, and returns what gives it back.
 *
 * The lock is that of SQLite on a file: the system lets go of it when the process ends, however it
 * ends, so none can be left behind and none has to be taken over. Beside it stands who holds it.
 *
 * @throws {StoreError} while another process holds it
 */
export async function takeLock(file: string, directory: string): Promise<() => Promise<void>> {
  const lock = new DatabaseSync(file)
  const holder = `${file}.pid`
  try {
    lock.exec('pragma busy_timeout = 0; begin exclusive')
  } catch (error) {
    lock.close()
    if (!/lock|busy/i.test(String(error))) throw new StoreError(`${file} cannot be locked: ${String(error)}.`)
    const pid = (await readFile(holder, 'utf8').catch(() => '')).trim()
    throw new StoreError(
      `Another hk-live${pid === '' ? '' : ` (process ${pid})`} uses ${directory}. ` +
        'Stop it, or set HK_DATA_DIR to another folder.',
    )
  }
  // On a full disk nobody is told who holds it, and what makes room again can begin.
  await writeFile(holder, `${process.pid}\n`).catch(() => undefined)
  return async () => {
    await rm(holder, { force: true })
    lock.close()
  }
}

/** Whether a process of this number lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The command line of a process, `''` where it is gone. */
export async function commandOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (line !== undefined) return line.replaceAll('\0', ' ')
  return new Promise((resolve) => {
    const ps = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    ps.stdout.on('data', (chunk) => (output += String(chunk)))
    ps.on('error', () => resolve(''))
    ps.on('close', () => resolve(output))
  })
}
