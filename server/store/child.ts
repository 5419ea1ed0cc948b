import { spawn } from 'node:child_process'
import type { Account } from './binaries.ts'

/** A program that ends when this process does, however that ends. */
export interface Child {
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>
  /** What it printed on the error output, as far as that goes to no file. */
  output(): string
  /** Asks it to end. */
  end(): void
}

/**
 * Starts the program as its child, and interrupts it when the input ends: when the other end of that pipe is closed,
 * which the system does even for a process that was killed. The first argument is the file for what it prints.
 */
const guard = `
log=$1; shift; exec 3<&0
if [ -n "$log" ]; then exec >>"$log" 2>&1; fi
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill -INT $child; } 2>/dev/null &
reader=$!
exec 3<&-
wait $child; code=$?
kill $reader 2>/dev/null
exit $code`

/**
 * Starts a program that has to end with us, under an account. It is in a session of its own, so that Ctrl-C in a
 * terminal reaches us and not it: we end it when its turn comes.
 *
 * @param log file to which what it prints is appended
 */
export function startChild(program: string, args: readonly string[], owner: Account, log = ''): Child {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', log, program, ...args], {
    ...owner,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let printed = ''
  child.stderr.on('data', (chunk) => (printed += String(chunk)))
  child.stdin.on('error', () => undefined)
  const exited = new Promise<number>((resolve) => {
    child.on('error', (error) => {
      printed += error.message
      resolve(-1)
    })
    // What it printed last may come after its end.
    child.on('exit', (code) => setTimeout(() => resolve(code ?? -1), 20))
  })
  return { exited, output: () => printed, end: () => child.stdin.end() }
}
