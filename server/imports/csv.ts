import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { refuse, type SourceFile } from './source.ts'
import { readText } from './text.ts'

/** A record of a CSV file: its cells, the line that it ends on, and bytes read until there, about. */
export interface CsvRecord {
  readonly cells: readonly string[]
  readonly line: number
  readonly bytes: number
}

/** Characters of a file in which its first line of names is looked for. */
const headLength = 65_536

/** Longest row in characters. The parser reads an unfinished row from its start again with each piece that arrives. */
const longestRow = 32_768

/** Bytes that are parsed in one go, some 10 ms: what else the process does goes on in between. */
const pieceLength = 8_192

/**
 * Records of a CSV file (RFC 4180), with or without a byte order mark, with any line ends, and with commas, semicolons
 * or tabs between cells, whichever its first line that is no comment has the most of.
 *
 * @throws {HkError} `bad_request` where it is no CSV, which names file and line
 */
export async function* readCsv(file: SourceFile): AsyncGenerator<CsvRecord> {
  const text = readText(file)
  let head = ''
  while (head.length < headLength) {
    const { done, value } = await text.next()
    if (done === true) break
    head += value
  }
  const rest = async function* () {
    yield* piecesOf(head)
    for await (const part of text) yield* piecesOf(part)
  }
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    info: true,
    max_record_size: longestRow,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  })
  const source = Readable.from(rest())
  source.on('error', (error) => parser.destroy(error))
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number; bytes: number } }>) {
      yield { cells: record, line: info.lines, bytes: info.bytes }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines = '?', column = '' } = error
    throw refuse(`${file.name}, line ${lines}, column ${Number(column) + 1}: this is no CSV: ${plain(error)}`)
  } finally {
    source.destroy()
  }
}

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  // Of bytes, as the parser reads them: a piece of text could end within a character of two code units.
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceLength) {
    yield bytes.subarray(at, at + pieceLength)
    await setImmediate()
  }
}

/** What is wrong, without the path into the library's documentation. */
function plain({ message, code }: CsvError): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `a record is over ${longestRow} characters. Is a quote missing?`
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed.'
  return message
}

function delimiterOf(head: string): string {
  const line = head.split(/\r\n|[\r\n]/).find((one) => one.trim() !== '' && !one.replace('\uFEFF', '').startsWith('#')) ?? ''
  const counts = [',', ';', '\t'].map((mark) => [mark, line.split(mark).length] as const)
  const [best = [','] as const] = counts.toSorted(([, a], [, b]) => b - a)
  return best[0]
}
