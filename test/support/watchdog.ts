/**
 * What tests have open, told to a process that outlives them: where a test run is killed, it ends the
 * programs that are left and removes their folders. It starts with the first that is to be watched over.
 *
 *     test process ── lines on its input ──► watchdog-process.ts
 *         killed   ── end of the input   ──► ends and removes what was not let go of
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Something that must not outlive the tests. */
export interface Watched {
  /** A process of ours. */
  readonly pid?: number | undefined
  /** A temporary folder, with the Postgres that may run in it. */
  readonly folder?: string | undefined
}

let watchdog: ChildProcess | undefined
let count = 0

/** Has something ended and removed if this process is killed; returns what lets go of it. */
export function watchOver({ pid, folder }: Watched): () => void {
  // A folder that is not temporary is somebody's own, and stays.
  const temporary = folder !== undefined && isTemporary(folder) ? folder : undefined
  if (pid === undefined && temporary === undefined) return () => undefined
  watchdog ??= start()
  const id = ++count
  tell({ id, pid, folder: temporary })
  return () => tell({ id })
}

function tell(line: object): void {
  watchdog?.stdin?.write(`${JSON.stringify(line)}\n`)
}

function start(): ChildProcess {
  const program = fileURLToPath(new URL('watchdog-process.ts', import.meta.url))
  // Of a session of its own, so that what ends the tests by their group leaves it alone.
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.unref()
  // It is gone only where somebody killed it; tests do without.
  child.stdin?.on('error', () => undefined)
  return child
}

function isTemporary(folder: string): boolean {
  const path = relative(tmpdir(), folder)
  return path !== '' && !path.startsWith('..')
}
