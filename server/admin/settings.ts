import { HkError } from '@hk-live/sdk/protocol'
import { readHost, type SiteSettings } from '../store/index.ts'

/** Settings of a site as a request states them; what is left out is `undefined`. */
export interface SiteInput {
  readonly domain?: string | undefined
  readonly name?: string | undefined
  readonly timezone?: string | undefined
  readonly currency?: string | undefined
  readonly retention_days?: number | null | undefined
}

/**
 * Checks what was stated of a site. A domain is taken from an address too, without scheme, `www.`, port and path.
 *
 * @throws {HkError} `bad_request` that names the field
 */
export function checkSite(input: SiteInput): Partial<SiteSettings> {
  const { domain, name, timezone, currency, retention_days } = input
  return {
    ...(domain === undefined ? {} : { domain: checkDomain(domain) }),
    ...(name === undefined ? {} : { name: checkText('name', name, 120) }),
    ...(timezone === undefined ? {} : { timezone: checkTimezone(timezone) }),
    ...(currency === undefined ? {} : { currency: checkCurrency(currency) }),
    ...(retention_days === undefined ? {} : { retention_days: checkRetention(retention_days) }),
  }
}

/** Checks a text of a form: not empty, not too long, nothing that a database cannot keep. */
export function checkText(field: string, text: string, longest: number): string {
  const kept = text.trim()
  if (kept !== '' && kept.length <= longest && !kept.includes('\0') && kept.isWellFormed()) return kept
  throw bad(field, `"${field}" must be a text of 1 to ${longest} characters.`)
}

/** Checks a password: it travels in a header, which holds nothing but ASCII safely. */
export function checkPassword(password: string): string {
  if (/^[\x21-\x7e][\x20-\x7e]{6,198}[\x21-\x7e]$/.test(password)) return password
  throw bad('password', '"password" must be 8 to 200 characters of ASCII, without a space at either end.')
}

/** Checks an origin, and writes it as browsers do: scheme, host and port. It is taken from the address of a page too. */
export function checkOrigin(text: string): string {
  const url = URL.parse(text.trim())
  if (url !== null && /^https?:\/\//i.test(text.trim()) && readHost(text) !== undefined) return url.origin
  throw bad('allowed_origins', `"${text.slice(0, 80)}" is no origin: write it as https://www.example.com.`)
}

/** Checks a time at which something expires: it must lie ahead. */
export function checkExpiry(text: string, now: number): Date {
  const at = Date.parse(text)
  if (at > now && at < now + 100 * 366 * 86_400_000) return new Date(at)
  throw bad('expires_at', '"expires_at" must be a time ahead, as 2027-01-31T00:00:00Z.')
}

function checkDomain(text: string): string {
  const host = readHost(text)?.replace(/^www\./, '')
  if (host !== undefined && !/[_:]/.test(host)) return host
  throw bad('domain', `"${text.slice(0, 80)}" is no domain: write it as shop.example.com.`)
}

function checkTimezone(text: string): string {
  try {
    // A bare offset is a time zone to the runtime, but it has no name and no summer time.
    if (/^[A-Za-z]/.test(text))
      return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    // Said below.
  }
  throw bad('timezone', `"${text.slice(0, 80)}" is no time zone: write it as Europe/Berlin.`)
}

function checkCurrency(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text
  throw bad('currency', '"currency" must be a code of three capitals, as EUR.')
}

function checkRetention(days: number | null): number | null {
  if (days === null || (Number.isInteger(days) && days >= 1 && days <= 36_500)) return days
  throw bad(
    'retention_days',
    '"retention_days" must be a whole number of days from 1 up, or null to keep all.',
  )
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}
