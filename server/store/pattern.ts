/** A text with wildcards, as those who compare need it. `*` stands for any text, also none. */
export interface Pattern {
  /** Whether it has a wildcard. */
  readonly wild: boolean
  /** The text itself, where it has none. */
  readonly literal: string
  /** What it begins with, before the first wildcard. */
  readonly head: string
  /** The same for `like` of SQL. */
  readonly like: string
}

/** Reads a pattern: `*` is a wildcard, `\*` a star and `\\` a backslash. */
export function readPattern(text: string): Pattern {
  const parts = partsOf(text)
  const first = parts.findIndex(({ star }) => star)
  return {
    wild: first !== -1,
    head: parts.slice(0, first === -1 ? undefined : first).map((part) => part.text).join(''),
    literal: parts.map((part) => part.text).join(''),
    like: parts.map((part) => (part.star ? '%' : quoteLike(part.text))).join(''),
  }
}

/** What tells whether a text fits a pattern: the same as `like` says. */
export function matcherOf(text: string): (value: string) => boolean {
  const { wild, literal } = readPattern(text)
  if (!wild) return (value) => value === literal
  // Literal pieces in turn, each at its first place after the one before: no text makes that slow.
  const pieces = ['']
  for (const { text: part, star } of partsOf(text)) {
    if (star) pieces.push('')
    else pieces.push(`${pieces.pop()}${part}`)
  }
  const [head = '', ...rest] = pieces
  const tail = rest.pop() ?? ''
  return (value) => {
    if (!value.startsWith(head) || value.length < head.length + tail.length || !value.endsWith(tail)) return false
    let from = head.length
    for (const piece of rest) {
      const at = value.indexOf(piece, from)
      if (at === -1) return false
      from = at + piece.length
    }
    return from <= value.length - tail.length
  }
}

/** A text as `like` takes it literally. */
export function quoteLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function partsOf(text: string): { text: string; star: boolean }[] {
  return [...text.matchAll(/\\([\\*])|([^])/gu)].map(([, escaped, plain = '']) => ({
    text: escaped ?? plain,
    star: plain === '*',
  }))
}
