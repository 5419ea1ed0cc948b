/**
 * Remembers what a pure function of one string answered, for the `size` strings used last.
 *
 * A `Map` keeps the order of insertion, so the first key is the one that was used longest ago. Keys are
 * cut to `maxKey` characters first, so a hostile caller can't fill the memory with long ones: the function
 * only ever sees the cut text.
 */
export function memo<T>(compute: (text: string) => T, size = 5_000, maxKey = 512): (text: string) => T {
  const known = new Map<string, { value: T }>()
  return (text) => {
    const key = text.slice(0, maxKey)
    const found = known.get(key)
    if (found) {
      known.delete(key)
      known.set(key, found)
      return found.value
    }
    const value = compute(key)
    known.set(key, { value })
    const oldest = known.keys().next()
    if (known.size > size && !oldest.done) known.delete(oldest.value)
    return value
  }
}
