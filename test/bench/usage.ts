import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its children use. `NaN` where the system has no `/proc`. */
export interface Usage {
  /** Bytes in memory. */
  readonly rss: number
  /** Milliseconds of processor time so far. */
  readonly cpu: number
}

/** Clock ticks a second in `/proc` (`sysconf(_SC_CLK_TCK)`): 100 on every Linux that Bun runs on. */
const ticks = 100

/** Reads what a process and its children use. */
export function readUsage(pid: number): Usage {
  try {
    return family(pid).map(read).reduce(add)
  } catch {
    return { rss: Number.NaN, cpu: Number.NaN }
  }
}

function read(pid: number): Usage {
  const { fields } = stat(pid)
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  // Fields 14 and 15 of proc(5), counted after the name: time in the program and in the kernel.
  return { rss: pages * 4_096, cpu: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticks }
}

function family(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => parentOf(other) === pid)
  return [pid, ...children]
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(stat(pid).fields[1])
  } catch {
    // Gone meanwhile.
    return undefined
  }
}

/** The fields of `/proc/<pid>/stat` after the name, which may have spaces and parentheses in it. */
function stat(pid: number): { fields: string[] } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return { fields: text.slice(text.lastIndexOf(')') + 2).split(' ') }
}

function add(a: Usage, b: Usage): Usage {
  return { rss: a.rss + b.rss, cpu: a.cpu + b.cpu }
}
