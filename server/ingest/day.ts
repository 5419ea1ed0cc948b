const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The date of an instant in a time zone, as `2026-11-22`.
 *
 * @param timezone IANA name
 */
export function dayOf(milliseconds: number, timezone: string): string {
  let format = formats.get(timezone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formats.set(timezone, format)
  }
  return format.format(milliseconds)
}
