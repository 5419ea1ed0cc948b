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
  let last = Number.NEGATIVE_INFINITY
  return (progress) => {
    const done = progress.phase === 'done'
    if (!done && now() - last < (terminal.isTTY ? drawEvery : plainEvery)) return
    last = now()
    const text = describe(progress, done ? undefined : totalBytes, terminal.isTTY === true)
    if (!terminal.isTTY) terminal.write(`${text}\n`)
    else terminal.write(`\r\u001b[K${text.slice(0, (terminal.columns ?? 80) - 1)}${done ? '\n' : ''}`)
  }
}

function describe({ phase, bytes, lines, stored }: ImportProgress, total = 0, drawn = false): string {
  const share = total > 0 ? Math.min(1, bytes / total) : undefined
  const percent = share === undefined ? '' : `${Math.floor(share * 100)} % `
  const filled = Math.round((share ?? 0) * barWidth)
  const bar = drawn && share !== undefined ? `[${'#'.repeat(filled).padEnd(barWidth, '.')}] ` : ''
  const count = (number: number) => number.toLocaleString('en')
  if (phase === 'dates') return `${bar}${percent}looking for the newest date, ${count(lines)} lines`
  const end = phase === 'done' ? 'done: ' : ''
  return `${bar}${percent}${end}${count(lines)} lines, ${count(stored)} taken by the service`
}
