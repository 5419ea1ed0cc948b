import { createHash } from 'node:crypto'

/**
 * Makes the ids of a file's lines, called with each line in order: the first 128 bits of the SHA-256 of
 * site, line and the number of that same line so far, written as a UUID.
 *
 * So the same file again gives the same ids and adds nothing, and a file that has grown adds only what is
 * new. The ids do not depend on dates being moved. Counts are kept for at least the `memory` lines met last,
 * which is plenty: lines that are alike carry the same second.
 */
export function createIdentity(site: string, memory = 50_000): (line: string) => string {
  // Two generations: the older is dropped whole when the younger is full, which costs nothing a line.
  let young = new Map<string, number>()
  let old = new Map<string, number>()
  const idOf = (line: string, count: number) => {
    const hash = createHash('sha256').update(`${site}\0${line}\0${count}`).digest('hex')
    return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  }
  return (line) => {
    const first = idOf(line, 1)
    const count = (young.get(first) ?? old.get(first) ?? 0) + 1
    young.set(first, count)
    if (young.size >= memory) {
      old = young
      young = new Map()
    }
    return count === 1 ? first : idOf(line, count)
  }
}
