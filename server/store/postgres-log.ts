import { copyFile, open, readFile, stat, statfs, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Account, giveTo } from './binaries.ts'

/** Bytes that a log may have; then it becomes the last one, and a new one begins. */
const maxBytes = 8 * 2 ** 20

/** A disk with less room is a full one. */
const fullBytes = 64 * 2 ** 10

/** The log of the embedded Postgres, to which all of its runs are appended. */
export interface PostgresLog {
  readonly file: string
  /** Makes the file, or moves what is in it to `….1` where it has grown too large. */
  rotate(): Promise<void>
  /** Remembers the end of the log, and returns what reads the reason in the lines that came since. */
  mark(): Promise<() => Promise<string>>
}

/** Looks after a log that the account of Postgres writes. */
export function postgresLog(file: string, owner: Account): PostgresLog {
  const size = async () => (await stat(file).catch(() => undefined))?.size ?? 0
  return {
    file,
    async rotate() {
      if ((await size()) > maxBytes) {
        // Postgres goes on writing to the same file, at its end: a copy, as it cannot be moved away under it.
        await copyFile(file, `${file}.1`)
        await truncate(file)
      }
      await (await open(file, 'a')).close()
      await giveTo(file, owner)
    },
    async mark() {
      const start = await size()
      return async () => {
        const text = await readFile(file).catch(() => Buffer.alloc(0))
        const reason = reasonIn(text.subarray(text.length < start ? 0 : start).toString())
        if (reason !== '') return reason
        return (await isFull(dirname(file))) ? 'No space left on device, not even for its log' : 'no reason is in its log'
      }
    },
  }
}

async function isFull(dir: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize < fullBytes
}

/** Whether Postgres ended as another program has its port. */
export function isPortTaken(reason: string): boolean {
  return /could not bind .*: Address already in use/.test(reason)
}

/**
 * Why Postgres ended, from the lines of its log: that its port is taken, which the fatal line does not say; else the last
 * that is fatal, else the last that tells of an error, else the last; `''` where there is none. Connections that it lets in no more while it starts or stops are no reason.
 */
export function reasonIn(text: string): string {
  const lines = text.trim().split('\n').filter((line) => !/FATAL: +(the database system is|terminating|password auth)/.test(line))
  const found =
    lines.findLast((line) => /PANIC: /.test(line)) ??
    lines.findLast((line) => isPortTaken(line)) ??
    lines.findLast((line) => /FATAL: /.test(line)) ??
    lines.findLast((line) => /ERROR: |could not|terminated by signal/.test(line)) ??
    lines.at(-1) ??
    ''
  return found.replace(/^.*?(PANIC|FATAL|ERROR|LOG): +/, '$1: ').replace(/\.$/, '')
}
