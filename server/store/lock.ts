import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A data directory is in use by another process, or cannot be used; the message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** What to do where a folder cannot be used. */
export const folderAdvice = 'Make it writable, or set HK_DATA_DIR to a folder that is.'

/** Whether an error is one of the file system: it has no room, or lets us not write. */
export function isOfFiles(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code)) && 'syscall' in error
}

/**
 * Makes the data directory where there is none, and takes it for this process.
 *
 * @throws {StoreError} where that cannot be, or another process holds it
 */
export async function takeFolder(dataDir: string): Promise<() => Promise<void>> {
  await makeFolder(dataDir)
  return takeLock(join(dataDir, 'hk.lock'), dataDir)
}

/**
 * Makes the data directory where there is none.
 *
 * @throws {StoreError} where that cannot be
 */
export async function makeFolder(dataDir: string, advice = folderAdvice): Promise<void> {
  await mkdir(dataDir, { recursive: true }).catch((error) => {
    throw new StoreError(`HK_DATA_DIR ${dataDir} cannot be made: ${error instanceof Error ? error.message : String(error)}. ${advice}`)
  })
}

/**
 * Takes a directory for this process, and returns what gives it back.
 *
 * The lock is that of SQLite on a file: the system lets go of it when the process ends, however it
 * ends, so none can be left behind and none has to be taken over. Beside it stands who holds it.
 *
 * @param advice what to do where the file cannot be written
 * @throws {StoreError} while another process holds it, or where it cannot be written
 */
export async function takeLock(file: string, directory: string, advice = folderAdvice): Promise<() => Promise<void>> {
  const holder = `${file}.pid`
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file)
    lock.exec('pragma busy_timeout = 0; begin exclusive')
  } catch (error) {
    lock?.close()
    const message = error instanceof Error ? error.message : String(error)
    if (!/is locked|is busy/i.test(message)) throw new StoreError(`HK_DATA_DIR ${directory} cannot be used: ${message} (${file}). ${advice}`)
    const pid = (await readFile(holder, 'utf8').catch(() => '')).trim()
    throw new StoreError(
      `Another hk-live${pid === '' ? '' : ` (process ${pid})`} uses ${directory}. ` +
        'Stop it, or set HK_DATA_DIR to another folder.',
    )
  }
  const taken = lock
  // On a full disk nobody is told who holds it, and what makes room again can begin.
  await writeFile(holder, `${process.pid}\n`).catch(() => undefined)
  return async () => {
    await rm(holder, { force: true })
    taken.close()
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
