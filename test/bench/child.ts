import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A program of the benchmark, as a process. Disposing asks it to end and waits until it has. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Waits for a line that fits, at most `timeoutMs`, and returns it. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  /**
   * Waits for its end and returns what it has printed.
   *
   * @throws {Error} with what it said, where it failed
   */
  result(): Promise<string>
}

/**
 * Runs a file with our Bun in the root of the checkout. Nothing is taken over from the environment but what
 * a program needs to run at all.
 */
export function startChild(words: readonly string[], settings: Readonly<Record<string, string>> = {}): Child {
  return startProgram([process.execPath, ...words], settings)
}

/** Runs any program so. */
export function startProgram(
  words: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Child {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child = Bun.spawn([...words], {
    cwd: root,
    env: { PATH, HOME, ...(TMPDIR === '' ? {} : { TMPDIR }), ...settings },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let printed = ''
  const read = async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) printed += text
  }
  const reading = read()
  const complaints = new Response(child.stderr).text()
  let over = false
  void child.exited.then(() => (over = true))
  const failed = async () =>
    new Error(`${words.join(' ')} ended with ${await child.exited}: ${await complaints}`)
  return {
    pid: child.pid,
    async line(pattern, timeoutMs = Infinity) {
      const deadline = performance.now() + timeoutMs
      while (!over && performance.now() < deadline) {
        const found = printed.split('\n').find((line) => pattern.test(line))
        if (found !== undefined) return found
        await Bun.sleep(20)
      }
      throw over ? await failed() : new Error(`${words.join(' ')} did not print ${pattern}.`)
    },
    async result() {
      if ((await child.exited) !== 0) throw await failed()
      await reading
      return printed
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT')
      await child.exited
    },
  }
}
