/** The text of a field: `''` for `-`. */
export function plain(text: string): string {
  return text === '-' ? '' : unescape(text)
}

const controls: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' }
const utf8 = new TextDecoder()

/** Text between quotes, with what stands behind backslashes. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text
  // Bytes in a row are decoded together, as one character may take several.
  return text.replace(/((?:\\x[0-9a-f]{2})+)|\\(.)/gi, (_, bytes?: string, character = '') =>
    bytes === undefined
      ? (controls[character] ?? character)
      : utf8.decode(Uint8Array.from(bytes.slice(2).split('\\x'), (byte) => parseInt(byte, 16))),
  )
}
