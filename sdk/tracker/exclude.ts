/** Tells paths, with commas between, that can be spelled in several ways, or begin with no slash. */
const spelled = /(^|,)[^/*,]|[^\w/.*,-]|\/[/.]/

/**
 * Whether a path fits one of some patterns, `*` standing for any text; `undefined` where one of them can be spelled in
 * several ways: what brings them into one form is loaded apart, as few sites need it.
 *
 * @param path with the fragment, where the site routes by it
 */
export function isExcluded(patterns: readonly string[], path: string): boolean | undefined {
  if (spelled.test(`${patterns},${path}`)) return undefined
  return new RegExp(`^(${patterns.join('|').replaceAll('.', '\\.').replaceAll('*', '.*')})$`).test(path)
}
