import { refuse, type SourceFile } from './source.ts'

/** Longest record, in characters: whoever sends a longer one sends something else. */
export const longestRecord = 1_048_576

/**
 * The text of a file as it is read: UTF-8, or UTF-16 where a byte order mark says so, as Matomo writes it.
 *
 * @throws {HkError} `bad_request` where it is neither
 */
export async function* readText(file: SourceFile): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let read = 0
  for await (const chunk of file.open()) {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true })
    yield decode(decoder, chunk)
    read += chunk.byteLength
  }
  if (decoder !== undefined) yield decode(decoder)

  function decode(of: TextDecoder, chunk?: Uint8Array): string {
    try {
      return chunk === undefined ? of.decode() : of.decode(chunk, { stream: true })
    } catch {
      throw refuse(`${file.name} is not text in ${of.encoding.toUpperCase()} after byte ${read}. Save it as UTF-8.`)
    }
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** Lines of a file with their number, from 1, and bytes read, about. Empty ones are left out. */
export async function* readLines(file: SourceFile): AsyncGenerator<{ text: string; line: number; bytes: number }> {
  let rest = ''
  let line = 0
  let bytes = 0
  for await (const text of readText(file)) {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > longestRecord) throw refuse(`${file.name}: line ${line + parts.length + 1} is over ${longestRecord} characters.`)
    for (const part of parts) {
      line++
      bytes += Buffer.byteLength(part) + 1
      if (part.trim() !== '') yield { text: part, line, bytes }
    }
  }
  if (rest.trim() !== '') yield { text: rest, line: line + 1, bytes: bytes + Buffer.byteLength(rest) }
}

/**
 * Elements of a JSON array, or of JSON values one after another, as text: a record at a time, however long the array is.
 *
 * @throws {HkError} `bad_request` where an element is too long, or the file ends within one
 */
export async function* readElements(file: SourceFile): AsyncGenerator<{ text: string; index: number; bytes: number }> {
  let rest = ''
  let depth = 0
  let quoted = false
  let escaped = false
  let index = 0
  let bytes = 0
  for await (const text of readText(file)) {
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const char = text[at]
      if (quoted) {
        if (escaped) escaped = false
        else if (char === '\\') escaped = true
        else if (char === '"') quoted = false
      } else if (char === '"') quoted = true
      else if (char === '{' || (char === '[' && depth > 0)) {
        if (depth++ === 0) from = at
      } else if ((char === '}' || (char === ']' && depth > 0)) && --depth === 0) {
        const element = rest + text.slice(from, at + 1)
        bytes += Buffer.byteLength(element) + 1
        yield { text: element, index: index++, bytes }
        rest = ''
      }
    }
    if (depth > 0) rest += text.slice(from)
    if (rest.length > longestRecord) throw refuse(`${file.name}: record ${index + 1} is over ${longestRecord} characters.`)
  }
  if (depth > 0) throw refuse(`${file.name} ends within record ${index + 1}. Is it whole?`)
}
