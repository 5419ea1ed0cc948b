/**
 * Text as Postgres and JSON can keep it: no NUL or other control character, no lone surrogate, trimmed,
 * at most `max` UTF-16 units. A surrogate pair at the cut is left out whole.
 */
export function clean(text: string, max: number): string {
  const plain = text
    .slice(0, max * 4)
    // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim()
  const cut = plain.length > max ? plain.slice(0, max).replace(/[\ud800-\udbff]$/, '') : plain
  return cut.toWellFormed()
}
