/** A line of a file: its text without the line break, or `undefined` where it was too long to keep. */
export interface Line {
  text: string | undefined
  /** Bytes read so far, to tell progress by. */
  bytes: number
}

/**
 * Splits bytes into lines, with memory for one line and one chunk. Bytes that are not UTF-8 become U+FFFD;
 * a line over `maxLength` characters is passed over, but told of.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxLength = 16_384,
): AsyncGenerator<Line, void, undefined> {
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
    rest = tooLong ? '' : rest + last
    tooLong ||= rest.length > maxLength
    if (tooLong) rest = ''
  }
  rest += decoder.decode()
  if (rest !== '' || tooLong) yield lineOf(rest)

  function lineOf(text: string): Line {
    const fits = !tooLong && text.length <= maxLength
    return { text: fits ? text.replace(/\r$/, '') : undefined, bytes }
  }
}
