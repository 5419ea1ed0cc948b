import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { watchOver } from './watchdog.ts'

const running = new Set<Bun.Subprocess>()

/** Ends the programs that are left, as a failed test may leave some. */
export async function endAll(): Promise<void> {
  for (const child of running) child.kill('SIGINT')
  await Promise.all([...running].map((child) => child.exited))
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The runtimes of the service, by name, and how each is started. */
export const runtimes: readonly [string, string[]][] = [
  ['Bun', ['bun']],
  ['Deno', ['node_modules/deno/deno', 'run', '-A', '--quiet']],
]

/** A program of ours that runs beside the test. */
export interface Running {
  readonly pid: number
  /** What it has printed so far. */
  readonly output: () => string
  /** Waits for a line that fits; fails when the program ends before. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number>
  /** The exit code. */
  readonly exited: Promise<number>
}

/**
 * Runs a program, by default in the root of the checkout. Settings of this machine do not leak into it.
 *
 * @param cwd another folder to run it in
 */
export function spawn(command: string[], env: Record<string, string> = {}, cwd = root): Running {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8', TMPDIR, CHROME_PATH, HK_TEST_BROWSER } = process.env
  const child = Bun.spawn(command, {
    cwd,
    env: {
      PATH,
      HOME,
      LANG,
      ...(TMPDIR && { TMPDIR }),
      ...(CHROME_PATH && { CHROME_PATH }),
      ...(HK_TEST_BROWSER && { HK_TEST_BROWSER }),
      ...env,
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  running.add(child)
  // Not let go of: a Postgres in it outlives a service that a test kills.
  watchOver({ folder: env.HK_DATA_DIR })
  const letGo = watchOver({ pid: child.pid })
  let printed = ''
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) printed += decoder.decode(chunk, { stream: true })
  }
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)])
  const exited = child.exited.then(async (code) => {
    running.delete(child)
    letGo()
    await Promise.race([reading, Bun.sleep(500)])
    return code
  })
  let over = false
  void exited.then(() => (over = true))
  return {
    pid: child.pid,
    output: () => printed,
    exited,
    async line(pattern, timeoutMs = 60_000) {
      for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await Bun.sleep(25)) {
        const found = printed.split('\n').find((line) => pattern.test(line))
        if (found !== undefined) return found
        if (over) break
      }
      throw new Error(`No line ${pattern} came. It printed:\n${printed}`)
    },
    kill(signal) {
      child.kill(signal)
      return exited
    },
  }
}

/** Processes whose command line names a folder, as Postgres does with its data. */
export function processesIn(folder: string): string[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

/**
 * Ends the embedded Postgres of a data directory, as an operator or the system may; one that has just ended, or writes its
 * number only now, is left alone.
 */
export function endPostgres(dataDir: string, signal: 'SIGINT' | 'SIGKILL' = 'SIGKILL'): void {
  try {
    const [pid] = readFileSync(`${dataDir}/postgres/data/postmaster.pid`, 'utf8').split('\n')
    if (Number(pid) > 0) process.kill(Number(pid), signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /^(ENOENT|ESRCH)$/.test(String(error.code)))) throw error
  }
}

/** Starts the service as a process of its own and waits until it listens. */
export async function spawnService(
  env: Record<string, string>,
  runtime: string[] = ['bun'],
): Promise<Running & { url: string }> {
  const running = spawn([...runtime, 'server/main.ts'], {
    HK_PORT: '0',
    HK_HOST: '127.0.0.1',
    HK_LOG: 'warn',
    // Its folder would be that of the checkout, which one process has at a time.
    ...(env.HK_DATA_DIR === undefined && { HK_SPOOL_BYTES: '0' }),
    ...env,
  })
  const line = await running.line(/listens on/)
  return { ...running, url: (/http\S+/.exec(line) ?? [''])[0].replace('localhost', '127.0.0.1') }
}
