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

/**
 * The text between quotes that begins at a place, and the place after it, or `undefined` where none begins or ends: a quote
 * behind a backslash is one of the text. It is searched, as an expression that does the same keeps a way back for each.
 */
export function takeQuoted(line: string, at: number): { readonly text: string; readonly end: number } | undefined {
  if (line.charAt(at) !== '"') return undefined
  for (let end = line.indexOf('"', at + 1); end !== -1; end = line.indexOf('"', end + 1)) {
    let backslashes = 0
    while (line.charAt(end - 1 - backslashes) === '\\') backslashes++
    if (backslashes % 2 === 0) return { text: line.slice(at + 1, end), end: end + 1 }
  }
  return undefined
}

/** A value of IIS and of Azure's App Service, which write a plus for a blank. */
export function decodePlus(text: string): string {
  return text.replaceAll('+', ' ')
}

/** A value of CloudFront, percent-encoded; decoded a second time where it was encoded twice, as it is where it can't be. */
export function decodePercent(text: string): string {
  try {
    const once = decodeURIComponent(text)
    return /%[0-9a-f]{2}/i.test(once) && !once.includes(' ') ? decodeURIComponent(once) : once
  } catch {
    return text
  }
}
