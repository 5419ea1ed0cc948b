/**
 * Ends and removes what a test process has left, once that is gone: see `watchdog.ts`.
 *
 * @module
 */
import { readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Watched } from './watchdog.ts'

/** How long a program may take to close by itself: a service stops its Postgres meanwhile. */
const closeMs = 20_000

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone.
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    if (!isAlive(pid)) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return !isAlive(pid)
}

async function end(pid: number, name: NodeJS.Signals): Promise<void> {
  signal(pid, name)
  // One that a test holds still hears nothing before it goes on.
  signal(pid, 'SIGCONT')
  if (!(await isGone(pid, closeMs))) signal(pid, 'SIGKILL')
}

/** Stops the Postgres in a folder at once, as its data goes too, and removes the folder. */
async function remove(folder: string): Promise<void> {
  const home = await realpath(join(folder, 'postgres')).catch(() => join(folder, 'postgres'))
  const [line = ''] = (await readFile(join(home, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  if (Number(line) > 0) await end(Number(line), 'SIGQUIT')
  await rm(folder, { recursive: true, force: true })
  // For root, it may be a folder elsewhere that the account of Postgres can reach.
  await rm(home, { recursive: true, force: true })
}

const watched = new Map<number, Watched>()
for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...what }: Watched & { id: number } = JSON.parse(line)
  if (what.pid === undefined && what.folder === undefined) watched.delete(id)
  else watched.set(id, what)
}
const left = [...watched.values()]
await Promise.all(left.map(({ pid }) => pid !== undefined && end(pid, 'SIGTERM')))
await Promise.all(left.map(({ folder }) => folder !== undefined && remove(folder)))
