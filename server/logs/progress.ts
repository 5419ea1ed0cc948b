import type { ImportProgress } from './importer.ts'

/** What progress is written to: `process.stderr`, or a stand-in. */
export interface Terminal {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

const barWidth = 30
const plainEvery = 5_000
const drawEvery = 100

/**
 * Shows how far an import is: a bar that is drawn over on a terminal, and on anything else (a file, a CI
 * log) a plain line every five seconds. Without a size there is no bar, only counts.
 */
export function showProgress(
  terminal: Terminal,
  totalBytes: number | undefined,
  now: () => number = Date.now,
): (progress: ImportProgress) => void {
  const draw = createMeter(terminal, now)
  return (progress) => {
    const done = progress.phase === 'done'
    const share = !done && totalBytes !== undefined && totalBytes > 0 ? progress.bytes / totalBytes : undefined
    draw({ text: describe(progress), share, done })
  }
}

/** How far something is: in words, and the part that is done, where it is known. */
export interface Measure {
  readonly text: string
  readonly share?: number | undefined
  readonly done: boolean
}

/** Shows measures as {@link showProgress} does; those that come too soon after another are left out, but the last is not. */
export function createMeter(terminal: Terminal, now: () => number = Date.now): (measure: Measure) => void {
  let last = Number.NEGATIVE_INFINITY
  return ({ text, share, done }) => {
    if (!done && now() - last < (terminal.isTTY ? drawEvery : plainEvery)) return
    last = now()
    const part = share === undefined ? undefined : Math.min(1, share)
    const percent = part === undefined ? '' : `${Math.floor(part * 100)} % `
    const filled = Math.round((part ?? 0) * barWidth)
    const bar = terminal.isTTY && part !== undefined ? `[${'#'.repeat(filled).padEnd(barWidth, '.')}] ` : ''
    const line = `${bar}${percent}${text}`
    if (!terminal.isTTY) terminal.write(`${line}\n`)
    else terminal.write(`\r\u001b[K${line.slice(0, (terminal.columns ?? 80) - 1)}${done ? '\n' : ''}`)
  }
}

function describe({ phase, lines, stored }: ImportProgress): string {
  const count = (number: number) => number.toLocaleString('en')
  if (phase === 'dates') return `looking for the newest date, ${count(lines)} lines`
  const end = phase === 'done' ? 'done: ' : ''
  return `${end}${count(lines)} lines, ${count(stored)} taken by the service`
}
