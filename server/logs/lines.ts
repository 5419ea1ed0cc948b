/** A line of a file: its text without the line break, or `undefined` where it was too long to keep. */
export interface TextLine {
  text: string | undefined
  /** Bytes read so far, to tell progress by. */
  bytes: number
}

/** Characters that a line may have. */
export const maxLineLength = 16_384

/**
 * Splits bytes into lines, with memory for one line and one chunk. Bytes that are not UTF-8 become U+FFFD;
 * a line over `maxLength` characters is passed over, but told of. Zero bytes before a line are left out: they are
 * what a server leaves that writes on where it was, in a file that was emptied under it.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxLength = maxLineLength,
): AsyncGenerator<TextLine, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let tooLong = false
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.byteLength
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield lineOf(rest + part)
      rest = ''
      tooLong = false
    }
    rest = tooLong ? '' : withoutZeros(rest + last)
    tooLong ||= rest.length > maxLength
    if (tooLong) rest = ''
  }
  rest += decoder.decode()
  if (rest !== '' || tooLong) yield lineOf(rest)

  function lineOf(line: string): TextLine {
    const text = withoutZeros(line)
    const fits = !tooLong && text.length <= maxLength
    return { text: fits ? text.replace(/\r$/, '') : undefined, bytes }
  }
}

/** A line without the zero bytes that it begins with. */
function withoutZeros(line: string): string {
  return line.startsWith('\0') ? line.replace(/^\0+/, '') : line
}
