/**
 * The process of the engine: `<runtime> engine-process.ts SETTINGS`. It does the tasks that it reads from its standard
 * input, and ends with that, so that it never outlives its service; its folder goes with it.
 *
 * @module
 */
import { rm } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { compact } from './compact.ts'
import { type DuckDBConnection, openDatabase } from './database.ts'
import { type EngineSettings, type Failure, lineOf, type QueryRow, type Request, type Response, type Task } from './messages.ts'
import { writeParquet } from './parquet.ts'
import { createSessions } from './sessions.ts'
import { dropSite, loadSite } from './site-tables.ts'

/** A task that is being done. */
interface Running {
  /** What can be interrupted. */
  connection: DuckDBConnection | undefined
  isCancelled: boolean
  readonly over: Promise<void>
}

/** Milliseconds between two attempts to interrupt a task: one that comes before its statement has begun is lost. */
const interruptMs = 50
/** Milliseconds that tasks may take to end with the process. */
const endMs = 1_000

const settings: EngineSettings = JSON.parse(process.argv[2] ?? '{}')
const running = new Map<number, Running>()

// Ctrl-C in a terminal reaches all programs of it; this one ends after its service.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const database = await openDatabase(settings)
const sessions = createSessions(database)

function answer(response: Response): void {
  process.stdout.write(lineOf(response))
}

function failureOf(message: string): Failure {
  return /^Out of Memory Error|max_temp_directory_size/i.test(message) ? 'memory' : 'failed'
}

/** Does a task over a connection of its own, as one does one thing at a time, and is what can be interrupted. */
async function alone<T>(own: Running, use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = (own.connection = await database.connect())
  try {
    if (own.isCancelled) throw new Error('It was cancelled.')
    return await use(connection)
  } finally {
    own.connection = undefined
    connection.closeSync()
  }
}

async function perform(own: Running, task: Task): Promise<QueryRow[] | void> {
  switch (task.kind) {
    case 'parquet':
      return alone(own, (connection) => writeParquet(connection, task))
    case 'load':
      return alone(own, (connection) => loadSite(connection, task, settings.orderEvents))
    case 'drop':
      return alone(own, (connection) => dropSite(connection, task.site))
    case 'compact':
      return alone(own, (connection) => compact(connection, task, settings.orderEvents))
    case 'open':
      return sessions.open(task)
    case 'query':
      own.connection = sessions.connectionOf(task.session)
      return sessions.query(task)
    case 'close':
      return sessions.close(task)
  }
}

async function work(id: number, task: Task): Promise<void> {
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const own: Running = { connection: undefined, isCancelled: false, over }
  running.set(id, own)
  try {
    const rows = await perform(own, task)
    answer({ id, done: true, ...(rows && { rows }) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    answer({ id, failure: failureOf(message), message })
  } finally {
    running.delete(id)
    end()
  }
}

function cancel(id: number): void {
  const task = running.get(id)
  if (task === undefined) return
  task.isCancelled = true
  task.connection?.interrupt()
  setTimeout(() => cancel(id), interruptMs)
}

function take(line: string): void {
  let request: Request
  try {
    request = JSON.parse(line)
  } catch {
    // The last one of a service that was killed while it wrote.
    return
  }
  if ('task' in request) void work(request.id, request.task)
  else cancel(request.id)
}

async function end(): Promise<void> {
  const tasks = [...running.values()].map(({ over }) => over)
  for (const id of running.keys()) cancel(id)
  await Promise.race([Promise.all(tasks), new Promise((resolve) => setTimeout(resolve, endMs))])
  await rm(settings.folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined)
  process.exit(0)
}

const lines = createInterface({ input: process.stdin })
lines.on('line', take)
lines.on('close', () => void end())
answer({ id: 0, done: true })
