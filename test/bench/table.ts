/** One cell of a table: numbers are set to the right. */
export type Cell = string | number

/** A table to be read by a person: a title, the names of its columns, and its rows. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Writes a table as lines of text. */
export function formatTable({ title, columns, rows }: Table): string {
  const texts = [columns, ...rows.map((row) => row.map(textOf))]
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => row[at]?.length ?? 0)))
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] === 'number'))
  const lines = texts.map((row) =>
    row
      .map((text, at) => (isNumber[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return [title, '', ...lines].join('\n')
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell
  return Number.isNaN(cell) ? '–' : cell.toLocaleString('en', { maximumFractionDigits: 2 })
}
