/** A content coding; `identity` is the content as it is. */
export type Coding = 'br' | 'gzip' | 'identity'

/** The first of the offered codings that a caller takes; one that it refuses (`;q=0`) is not taken. */
export function codingOf<C extends Coding>(request: Request, offered: readonly C[]): C | 'identity' {
  const accepted = request.headers.get('accept-encoding') ?? ''
  const takes = (coding: string) =>
    new RegExp(`\\b${coding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(accepted)
  return offered.find(takes) ?? 'identity'
}
