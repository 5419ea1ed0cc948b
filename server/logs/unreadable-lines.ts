import type { UnreadableReason } from './entry.ts'
import { maxLineLength } from './lines.ts'

/** Lines that can't be read: how many, by reason, and the first five, cut and without control characters. */
export interface UnreadableLines {
  count: number
  readonly reasons: Partial<Record<UnreadableReason, number>>
  readonly examples: { readonly file: string; readonly line?: number; readonly text: string }[]
}

const maxExamples = 5

/** Counts a line that can't be read; `text` is `undefined` where it was too long to keep. */
export function noteUnreadable(
  lines: UnreadableLines,
  reason: UnreadableReason,
  { file, line, text = `(over ${maxLineLength.toLocaleString('en')} characters)` }: { file: string; line?: number; text: string | undefined },
): void {
  lines.count++
  lines.reasons[reason] = (lines.reasons[reason] ?? 0) + 1
  if (lines.examples.length < maxExamples) lines.examples.push({ file, ...(line !== undefined && { line }), text: printable(text) })
}

/** The beginning of a line as a terminal may show it: control characters could command it. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}
