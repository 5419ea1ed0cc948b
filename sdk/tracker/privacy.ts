import type { TrackerOptions } from './options.ts'

declare global {
  interface Navigator {
    /** Global Privacy Control, W3C. */
    globalPrivacyControl?: boolean
  }
}

/**
 * Whether this page may be counted: not on a developer's own machine, and not against the visitor's wish
 * (Global Privacy Control or Do Not Track), unless the options say so.
 */
export function mayTrack({ localhost, ignoreDnt }: TrackerOptions): boolean {
  if (!localhost && /^$|localhost$|^127\.|^\[::1]/.test(location.hostname)) return false
  return ignoreDnt || !(navigator.globalPrivacyControl || navigator.doNotTrack === '1')
}
