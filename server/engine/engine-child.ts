import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HkError } from '@hk-live/sdk/protocol'
import type { Log } from '../log.ts'
import { programCommand } from '../runtime.ts'
import { type EngineSettings, lineOf, type QueryRow, type Request, type Response, type Task } from './messages.ts'

/** A process of the engine that runs, as its service sees it. */
export interface EngineChild {
  readonly pid: number
  readonly folder: string
  /** Whether it has ended. */
  readonly isOver: boolean
  /**
   * Does a task.
   *
   * @returns the rows of a query
   * @throws {HkError} `unavailable` where the process ends, or the task takes more than the engine may use; the reason of
   *   the signal where that aborts; {Error} what else is wrong with the task
   */
  run(task: Task, signal?: AbortSignal): Promise<readonly QueryRow[]>
  /** Has it end, and waits for that. Its folder is removed. */
  stop(): Promise<void>
}

/** Settings of {@link startEngineChild}. */
export interface EngineChildOptions {
  readonly settings: EngineSettings
  readonly log: Log
  /** Called when it has ended, whatever the reason. */
  readonly onEnd: () => void
  /** Its command line up to the settings; a test takes its own. */
  readonly command?: readonly [string, ...string[]]
}

interface Waiting {
  resolve(rows: readonly QueryRow[]): void
  reject(error: unknown): void
}

const program = fileURLToPath(new URL('engine-process.ts', import.meta.url))
const lowPriority = 10
const maxErrorLength = 2_000
/** Milliseconds for what a process that has ended said last. */
const closeMs = 200
/** Milliseconds after which a process that does not end is killed. */
const killMs = 3_000

/**
 * Starts a process of the engine, and waits until it is ready.
 *
 * @throws {Error} where it cannot be started, with what it printed
 */
export async function startEngineChild({ settings, log, onEnd, command = programCommand(program) }: EngineChildOptions): Promise<EngineChild> {
  const [executable, ...args] = command
  const child = spawn(executable, [...args, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  let errors = ''
  let count = 0
  let isOver = false
  let isStopping = false

  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }))
  // Nobody asks again whether it is ready.
  ready.catch(() => undefined)

  async function end(reason: string): Promise<void> {
    if (isOver) return
    isOver = true
    const isStarting = waiting.has(0)
    if (!isStopping && !isStarting) log('error', `The engine ended (${reason})`, errors.trim() || undefined)
    const failed = isStarting ? new Error(`${reason}. ${errors.trim()}`) : unavailable('The engine ended. Try again.')
    for (const { reject } of waiting.values()) reject(failed)
    waiting.clear()
    onEnd()
    await rm(settings.folder, { recursive: true, force: true, maxRetries: 5 }).catch((error) => log('warn', 'A folder of the engine could not be removed', error))
    ended.resolve()
  }

  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-maxErrorLength)))
  // A process that has ended takes nothing any more; its end is told otherwise.
  child.stdin.on('error', () => undefined)
  child.once('error', (error) => void end(error.message))
  child.once('close', (code, signal) => void end(signal ?? `code ${code}`))
  // Where it has started others, these may keep its output open.
  child.once('exit', (code, signal) => setTimeout(() => void end(signal ?? `code ${code}`), closeMs))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const response = readResponse(line)
    if (response !== undefined) return settle(waiting, response)
    // Half a line of a process that is being killed, or a program that is not ours.
    log('error', 'The engine said what is not of its protocol', line.slice(0, maxErrorLength))
    child.kill('SIGKILL')
  })

  async function stop(): Promise<void> {
    isStopping = true
    child.stdin.end()
    const late = setTimeout(() => child.kill('SIGKILL'), killMs)
    await ended.promise
    clearTimeout(late)
  }

  await ready
  const pid = child.pid ?? 0
  lower(pid)
  return {
    pid,
    folder: settings.folder,
    get isOver() {
      return isOver
    },
    stop,
    run(task, signal) {
      const send = (request: Request) => void child.stdin.write(lineOf(request))
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason)
        if (isOver || isStopping) return reject(unavailable('The engine ended. Try again.'))
        const id = ++count
        const cancel = () => send({ id, cancel: true })
        const over = (settled: () => void) => {
          signal?.removeEventListener('abort', cancel)
          waiting.delete(id)
          if (signal?.aborted === true) reject(signal.reason)
          else settled()
        }
        signal?.addEventListener('abort', cancel, { once: true })
        waiting.set(id, { resolve: (rows) => over(() => resolve(rows)), reject: (error) => over(() => reject(error)) })
        send({ id, task })
      })
    },
  }
}

function readResponse(line: string): Response | undefined {
  try {
    const response: Partial<Response> | null = JSON.parse(line)
    return typeof response?.id === 'number' ? (response as Response) : undefined
  } catch {
    return undefined
  }
}

function settle(waiting: Map<number, Waiting>, response: Response): void {
  const task = waiting.get(response.id)
  if (response.id === 0) waiting.delete(0)
  if (task === undefined) return
  if ('done' in response) task.resolve(response.rows ?? [])
  else if (response.failure === 'memory') task.reject(unavailable('This takes more memory than the engine may use. Ask for less.'))
  else task.reject(new Error(`The engine failed: ${response.message}`))
}

/** Behind the service, where both want a processor; some systems do not let us say so. */
function lower(pid: number): void {
  try {
    setPriority(pid, lowPriority)
  } catch {
    // It works all the same.
  }
}

/** The engine cannot do it now. */
export function unavailable(message: string): HkError {
  return new HkError('unavailable', message, { retryAfterMs: 2_000 })
}
