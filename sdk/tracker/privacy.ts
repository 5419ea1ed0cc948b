import type { CoreOptions } from './options.ts'

declare global {
  interface Navigator {
    /** Global Privacy Control, W3C. */
    globalPrivacyControl?: boolean
  }
}

const key = 'hk:off'

/**
 * Whether this page may be counted: not on a developer's own machine, and not against the visitor's wish
 * (Global Privacy Control, Do Not Track, or {@link optOut}), unless the options say so.
 */
export function mayTrack({ localhost, ignoreDnt }: CoreOptions): boolean {
  try {
    if (localStorage[key]) return false
  } catch {
    // Storage is forbidden: nobody can have opted out.
  }
  if (localhost === undefined && /^$|localhost$|^127\.|^\[::1]/.test(location.hostname)) return false
  return ignoreDnt !== undefined || (!navigator.globalPrivacyControl && navigator.doNotTrack !== '1')
}

/**
 * Remembers in this browser, for this origin, that the visitor does not want to be counted; `false` forgets it.
 * It is all that is ever stored of a visitor, and by the visitor's own word.
 *
 * @throws {DOMException} where storage is forbidden: the page should tell the visitor
 */
export function optOut(out = true): void {
  if (out) localStorage[key] = 1
  else delete localStorage[key]
}
