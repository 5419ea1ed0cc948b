import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import type { Log } from '../log.ts'
import { commerceEvents, isAlive } from '../store/index.ts'
import { type EngineChild, startEngineChild, unavailable } from './engine-child.ts'
import type { QueryRow, Task } from './messages.ts'

/** Settings of {@link createEngine}. */
export interface EngineOptions {
  /** Data directory of the service: the engine has a folder in it. */
  readonly dataDir: string
  /** Bytes of memory for its data. */
  readonly memoryBytes: number
  readonly log: Log
  /** Milliseconds without a task after which its process ends. */
  readonly idleMs?: number
  /** Tasks at the same time; others wait. */
  readonly maxRunning?: number
  /** Starts its process; a test takes its own. */
  readonly start?: typeof startEngineChild
}

/**
 * The engine: DuckDB in a process of its own, which starts with the first task and ends when there was none for a
 * while. So what a question needs of memory, threads and time is never the service's; where the process ends, only
 * the tasks in it fail.
 */
export interface Engine extends AsyncDisposable {
  /**
   * Makes a folder for the files of a task. Disposing removes it.
   *
   * @throws {HkError} `unavailable` where the process cannot be started
   */
  openFolder(): Promise<EngineFolder>
  /** The process, where one runs. */
  readonly pid: number | undefined
  /** The folder with files of segments, which the process can read. */
  readonly segments: string
}

/** A folder that both the service and the engine read and write. */
export interface EngineFolder extends AsyncDisposable {
  readonly path: string
  /** The process that it is of: what one has loaded, another has not. */
  readonly process: object
  /** Does a task whose files are in the folder, after those that were there first; throws as {@link EngineChild.run} does. */
  run(task: Task, signal?: AbortSignal): Promise<readonly QueryRow[]>
}

const spillBytes = 8 * 2 ** 30
const { purchase, refund } = commerceEvents

/** Folders that the open engines of this process have made. */
const ours = new Set<string>()

/** Makes an engine, of which no process runs yet. */
export function createEngine(options: EngineOptions): Engine {
  const { dataDir, memoryBytes, log, idleMs = 60_000, maxRunning = 2, start = startEngineChild } = options
  const home = resolve(dataDir, 'engine')
  const segments = resolve(dataDir, 'segments')
  const children = new Set<EngineChild>()
  const folders = new Set<string>()
  const slots = createSlots(maxRunning)
  let current: Promise<EngineChild> | undefined
  let child: EngineChild | undefined
  let hasTidied = false
  let isClosed = false
  let users = 0
  let idle: ReturnType<typeof setTimeout> | undefined

  async function begin(): Promise<EngineChild> {
    await mkdir(home, { recursive: true })
    if (!hasTidied) await removeLeftOver(home)
    hasTidied = true
    // By the service that it is of: what a killed one has left is told by that.
    const folder = join(home, `${process.pid}-${randomUUID()}`)
    folders.add(folder)
    ours.add(folder)
    await mkdir(folder)
    try {
      const settings = { folder, segments, memoryBytes, spillBytes, threads: Math.max(1, availableParallelism() - 1), orderEvents: { purchase, refund } }
      let started: EngineChild | undefined
      started = await start({ settings, log, onEnd: () => forget(started) })
      children.add(started)
      return started
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  function forget(gone: EngineChild | undefined): void {
    if (gone === undefined) return
    // Its folder is being removed: who disposes the engine waits for that.
    void gone.stop().then(() => children.delete(gone))
    if (child === gone) child = current = undefined
  }

  async function ready(): Promise<EngineChild> {
    const starting = (current ??= begin())
    try {
      const found = await starting
      // One that ended as soon as it was ready told nobody of it.
      if (found.isOver) throw new Error('It ended as soon as it was ready.')
      if (current === starting) child = found
      return found
    } catch (error) {
      if (current === starting) current = undefined
      throw error
    }
  }

  /** Has the process end; the next task gets another one. It is known until it has ended, so that disposing waits for it. */
  async function stopCurrent(): Promise<void> {
    const gone = child
    if (gone === undefined) return
    child = current = undefined
    await gone.stop()
    children.delete(gone)
  }

  function leave(): void {
    users--
    if (users > 0 || isClosed) return
    idle = setTimeout(() => void stopCurrent(), idleMs)
    idle.unref()
  }

  return {
    segments,
    get pid() {
      return child?.pid
    },
    async openFolder() {
      if (isClosed) throw unavailable('The service is going down.')
      clearTimeout(idle)
      users++
      try {
        const used = await ready()
        const path = await mkdtemp(join(used.folder, 'task-'))
        return {
          path,
          process: used,
          run: (task, signal) => slots(() => used.run(task, signal), signal),
          async [Symbol.asyncDispose]() {
            await rm(path, { recursive: true, force: true, maxRetries: 3 })
            leave()
          },
        }
      } catch (error) {
        leave()
        // Also one that runs, but whose folder somebody has removed.
        void stopCurrent()
        log('error', `The engine cannot work in ${home}`, error)
        throw unavailable('The engine could not be started. The log of the service says why.')
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(idle)
      await current?.catch(() => undefined)
      await Promise.all([...children].map((one) => one.stop()))
      // Whatever became of a process: no folder outlives its engine.
      await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined)))
      for (const folder of folders) ours.delete(folder)
    },
  }
}

/** Removes the folders of services that were killed together with their engine. */
async function removeLeftOver(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    // What has our own number, and is not ours, is of one before.
    if ((pid === process.pid && !ours.has(join(home, name))) || (pid > 0 && !isAlive(pid))) await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Does so many things at once; others wait for their turn, unless their signal aborts before. */
function createSlots(max: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    if (running >= max) await new Promise<void>((go) => waiting.push(go))
    else running++
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
