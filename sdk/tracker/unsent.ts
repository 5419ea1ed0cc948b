const limit = 50
const maxAge = 864e5

/**
 * Opens the items that could not be delivered, as JSON texts, kept for the site's next page: at most 50 for
 * 24 hours in the site's `localStorage`, one a line, and of those the newest that it has room for.
 *
 * The function takes out the items that were tried, adds those that failed, and answers what is kept; other
 * tabs' items are left alone. Where storage is forbidden or full, items live as long as the page.
 *
 * @param isAllowed whether anything may be kept: where it may not, nothing is, whatever was before
 */
export function openUnsent(key: string, isAllowed: () => boolean): (tried?: readonly string[], failed?: readonly string[]) => string[] {
  return (tried = [], failed = []) => {
    try {
      const text: string = localStorage[key] ?? ''
      const kept = text
        .split('\n')
        .filter((line) => timeOf(line) > Date.now() - maxAge && !tried.includes(line))
        .concat(failed)
        .slice(-limit)
        .filter(isAllowed)
      for (;;) {
        try {
          if (kept[0]) localStorage[key] = kept.join('\n')
          else delete localStorage[key]
          return kept
        } catch (error) {
          if (!kept.shift()) throw error
        }
      }
    } catch {
      return []
    }
  }
}

function timeOf(line: string): number {
  return Date.parse(/"at":"(.+?)"/.exec(line)?.[1] ?? '')
}
