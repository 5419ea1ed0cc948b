const formats = new Map<string, Intl.RelativeTimeFormat>()

const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const

/** How long ago something was, in words: `now`, `3 min. ago`, `yesterday`. What is ahead of the clock is now. */
export function ago(locale: string, at: string, now: number): string {
  const seconds = (now - Date.parse(at)) / 1000
  const [size, unit] = units.find(([least]) => seconds >= least) ?? [1, 'second']
  const amount = unit === 'second' ? 0 : -Math.floor(seconds / size)
  return formatOf(locale).format(amount, unit)
}

function formatOf(locale: string): Intl.RelativeTimeFormat {
  const known = formats.get(locale)
  if (known) return known
  const options = { numeric: 'auto', style: 'short' } as const
  let made: Intl.RelativeTimeFormat
  try {
    made = new Intl.RelativeTimeFormat(locale, options)
  } catch {
    made = new Intl.RelativeTimeFormat('en', options)
  }
  formats.set(locale, made)
  return made
}
