import { isTime } from './entry.ts'

const commonTime = /^(\d{2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?: ([+-]\d{2}):?(\d{2}))?$/
const isoTime =
  /^(\d{4})([-/])(\d{2})\2(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ?(?:Z|UTC|([+-]\d{2}):?(\d{2})))?$/
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * A time as access logs write it, in milliseconds since 1970; `undefined` where the text is not a time. It may be
 * `10/Oct/2000:13:55:36 -0700` (Apache, nginx, Caddy's `common_log`), RFC 3339 and its kind with any fraction and with
 * `-` or `/` between the parts of the date (Caddy's `iso8601`, `rfc3339_nano`, `wall_milli`), or a number of seconds,
 * milliseconds, microseconds or nanoseconds since 1970. Without a zone it is UTC.
 */
export function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string' || value.length > 60) return undefined
  // Go prints a float as 1.794318936e+09, and so does Caddy on a console.
  if (/^\d{1,19}(?:\.\d{1,19})?(?:e\+?\d{1,2})?$/.test(value)) return fromNumber(Number(value))
  return parseTime(value) ?? fromIso(value)
}

/** Time as `10/Oct/2000:13:55:36 -0700`, in milliseconds since 1970; `undefined` where the text is not a time. */
export function parseTime(text: string): number | undefined {
  const [, day, name = '', year, hour, minute, second, fraction, zoneHours, zoneMinutes] = commonTime.exec(text) ?? []
  if (day === undefined) return undefined
  return instant([year, months.indexOf(name) + 1, day, hour, minute, second], fraction, zoneHours, zoneMinutes)
}

function fromIso(text: string): number | undefined {
  const [, year, , month, day, hour, minute, second, fraction, zoneHours, zoneMinutes] = isoTime.exec(text) ?? []
  if (year === undefined) return undefined
  return instant([year, month, day, hour, minute, second], fraction, zoneHours, zoneMinutes)
}

/** Any time from March 1973 on has so many digits in only one of the units; what has fewer is a duration, or none. */
function fromNumber(value: number): number | undefined {
  if (value < 1e8) return undefined
  const unit = value < 1e11 ? 1_000 : value < 1e14 ? 1 : value < 1e17 ? 1e-3 : 1e-6
  const at = Math.round(value * unit)
  return isTime(at) ? at : undefined
}

function instant(
  parts: readonly (string | number | undefined)[],
  fraction = '',
  zoneHours = '+00',
  zoneMinutes = '00',
): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  const midnight = Date.UTC(year, month - 1, day)
  // A day that does not exist (31 April) would silently become another one.
  if (new Date(midnight).getUTCDate() !== day || new Date(midnight).getUTCMonth() !== month - 1) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const zone = (Number(zoneHours.slice(1)) * 60 + Number(zoneMinutes)) * (zoneHours.startsWith('-') ? -60 : 60)
  const at = midnight + (hour * 3_600 + minute * 60 + second - zone) * 1_000 + Math.floor(Number(`0.${fraction || 0}`) * 1_000)
  return isTime(at) ? at : undefined
}
