/** What is coloured in a sample, by the first that fits. */
const rules: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['note', /<!--.*?-->|\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/sy],
  ['tag', /<\/?[a-z][\w-]*|(?<=["\w])>|(?<=^|\s)\/?>/y],
  ['name', /(?<=\s)[a-z][\w-]*(?==")|--hk-[\w-]+/y],
  ['string', /"[^"\n]*"/y],
]

/** What is coloured in a script or style sheet besides: in HTML these are words of the text. */
const more: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['string', /'[^'\n]*'/y],
  ['word', /\b(?:const|import|from|await|new|for|of|if|return|function|export)\b/y],
]

/** A stretch of a sample; `kind` is `''` where it is plain. */
export interface Piece {
  readonly kind: string
  readonly text: string
}

/** Cuts a sample into what is coloured and what is not. Joined, the pieces are the sample, letter for letter. */
export function colour(sample: string): Piece[] {
  const pieces: Piece[] = []
  const known = sample.startsWith('<') ? rules : [...rules, ...more]
  let plain = ''
  for (let at = 0; at < sample.length; ) {
    const found = first(known, sample, at)
    if (found === undefined) {
      plain += sample[at++]
      continue
    }
    if (plain !== '') pieces.push({ kind: '', text: plain })
    pieces.push(found)
    plain = ''
    at += found.text.length
  }
  return plain === '' ? pieces : [...pieces, { kind: '', text: plain }]
}

function first(known: typeof rules, sample: string, at: number): Piece | undefined {
  for (const [kind, pattern] of known) {
    pattern.lastIndex = at
    const text = pattern.exec(sample)?.[0]
    if (text) return { kind, text }
  }
  return undefined
}
