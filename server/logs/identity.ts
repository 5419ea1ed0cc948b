import { createHash } from 'node:crypto'

/**
 * Makes the ids of a file's lines, called with each line in order: the first 128 bits of the SHA-256 of
 * site, line and the number of that same line so far, written as a UUID.
 *
 * So the same file again gives the same ids and adds nothing, and a file that has grown adds only what is
 * new. The ids do not depend on dates being moved. Counts are kept of the `memory` lines met last, which is
 * plenty: lines that are alike carry the same second.
 */
export function createIdentity(site: string, memory = 100_000): (line: string) => string {
  const counts = new Map<string, number>()
  return (line) => {
    const key = createHash('sha256').update(line).digest('base64')
    const count = (counts.get(key) ?? 0) + 1
    counts.delete(key)
    counts.set(key, count)
    const oldest = counts.keys().next()
    if (counts.size > memory && !oldest.done) counts.delete(oldest.value)
    const hash = createHash('sha256').update(`${site}\0${line}\0${count}`).digest('hex')
    return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  }
}
