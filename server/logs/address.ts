import { plainAddress } from '../ingest/index.ts'
import { isHostName, unreadable, type Unreadable } from './entry.ts'

/**
 * The address in a field of a log, in the spelling of `plainAddress`: IPv4 or IPv6, with or without a port, a zone,
 * brackets and quotes. `undefined` where the text is not an address, such as a host name.
 */
export function readAddress(text: string): string | undefined {
  // Longer than any address with zone, brackets and port.
  if (text.length > 100) return undefined
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare) ?? []
  if (bracketed !== undefined) return plainAddress(bracketed)
  const [, v4] = /^([\d.]+):\d{1,5}$/.exec(bare) ?? []
  return plainAddress(v4 ?? bare)
}

/** Characters of a list of addresses that are looked at: whoever asks can make it longer. */
const maxListLength = 1_000

/** The entries of a list, of `Forwarded` what stands after `for=`; none of one that is cut off. */
function entriesIn(list: string): string[] {
  const entries = list.slice(0, maxListLength + 1).split(',')
  if (list.length > maxListLength) entries.pop()
  return entries.map((entry) => (/\bfor=([^;]*)/i.exec(entry)?.[1] ?? entry).trim())
}

/** The address that counts of one or of a list: its first public one, else its first one; `undefined` where it has none. */
export function addressIn(list: string): string | undefined {
  const addresses = entriesIn(list).flatMap((entry) => readAddress(entry) ?? [])
  return addresses.find((address) => !isPrivate(address)) ?? addresses[0]
}

/** What else a proxy puts into a list: its name, `unknown`, a name by RFC 7239 (`_hidden`), `-`, or nothing. */
const namePattern = /^"?[\w.-]*(?::[\w-]{1,20})?"?$/

/** Whether a text is a list of addresses that proxies passed on. Some entries may be names, which proxies and clients add. */
export function isAddressList(text: string): boolean {
  const entries = entriesIn(text)
  return entries.some((entry) => readAddress(entry) !== undefined) && entries.every((entry) => namePattern.test(entry) || readAddress(entry) !== undefined)
}

/**
 * The address of the client of a request, from who connected and the list that proxies passed on
 * (`X-Forwarded-For`, or `Forwarded` of RFC 7239). The first public address of the list counts, else its first one where
 * who connected is not public either: within a company, all addresses are private.
 *
 * @param remote what the log has of who connected, or a list in its place; `''` or `-` where it has nothing
 */
export function clientAddress(remote: string, forwarded = ''): string | Unreadable {
  const connected = addressIn(remote)
  const passed = addressIn(forwarded)
  if (passed !== undefined && (connected === undefined || isPrivate(connected) || !isPrivate(passed))) return passed
  if (connected !== undefined) return connected
  return isAbsent(remote) ? '' : noAddress(remote)
}

/** Why a text that stands for an address can't be taken for one. */
export function noAddress(text: string): Unreadable {
  return unreadable(!isAbsent(text) && isHostName(text.replace(/:\d{1,5}$/, '')) && /[a-z]/i.test(text) ? 'host_name' : 'address')
}

/** Whether a field has no value: `-` in most formats. */
export function isAbsent(text: string): boolean {
  return text === '' || text === '-' || text === '"-"' || text === 'unknown'
}

/**
 * How addresses of private networks, of a link and of the machine itself begin (RFC 1918, 3927, 4193, 4291, 6598), as an
 * expression.
 */
export const privatePrefix = String.raw`(?:10\.|127\.|0\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)`

const privateAddress = new RegExp(`^(?:${privatePrefix}|::1?$)`)

/** Whether an address is one of a private network: no visitor from elsewhere has it. */
export function isPrivate(address: string): boolean {
  return privateAddress.test(address)
}
