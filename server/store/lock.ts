import { readFile, rm, writeFile } from 'node:fs/promises'

/** A data directory is in use by another process, or cannot be used; the message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/**
 * Takes a directory for this process by a file that names it, and returns what gives it back.
 *
 * A file left by a process that is gone is taken over: a killed service leaves no lock behind.
 *
 * @throws {StoreError} while another living process holds it
 */
export async function takeLock(file: string, directory: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(file, `${process.pid} ${await startOf(process.pid)}\n`, { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    const [pid = '', start = ''] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ')
    if (await isAlive(Number(pid), start)) {
      throw new StoreError(
        `Another hk-live (process ${pid}) uses ${directory}. Stop it, or set HK_DATA_DIR to another folder.`,
      )
    }
    await rm(file, { force: true })
  }
  throw new StoreError(`The lock ${file} keeps coming back. Stop the other hk-live that starts in ${directory}.`)
}

/** Whether an error of the system carries a code, as `ENOENT`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Whether a process lives. With its start time, a later process of the same number does not count. */
async function isAlive(pid: number, start: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false
  }
  return start === '-' || start === (await startOf(pid))
}

/** When a process started, in clock ticks since boot (proc(5), field 22 of stat); `-` where unknown. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
}
