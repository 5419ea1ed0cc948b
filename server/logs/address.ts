import { plainAddress } from '../ingest/index.ts'
import { isHostName, unreadable, type Unreadable } from './entry.ts'

/**
 * The address in a field of a log, in the spelling of `plainAddress`: IPv4 or IPv6, with or without a port, a zone,
 * brackets and quotes. `undefined` where it is none, a host's name say.
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
const longestList = 1_000

/** The addresses of a list, `undefined` for each entry that is none. */
function addressesIn(list: string): (string | undefined)[] {
  return list.slice(0, longestList).split(',').map((entry) => readAddress(entry.replace(/^.*?\bfor=([^;]*).*$/i, '$1')))
}

/** Whether a text is a list of addresses that proxies passed on, some of which may be `unknown`. */
export function isAddressList(text: string): boolean {
  const found = addressesIn(text)
  return found.some((one) => one !== undefined) && text.split(',').every((entry, index) => found[index] !== undefined || entry.trim() === 'unknown')
}

/**
 * The address of the client of a request, from who connected and the list that proxies passed on
 * (`X-Forwarded-For`, or `Forwarded` of RFC 7239). The first public address of the list counts, else its first one where
 * who connected is not public either: within a company, all addresses are private.
 *
 * @param remote what the log has of who connected; `''` or `-` where it has nothing
 */
export function clientAddress(remote: string, forwarded = ''): string | Unreadable {
  const connected = isAbsent(remote) ? undefined : readAddress(remote)
  const list = addressesIn(forwarded)
  const passed = list.find((one) => one !== undefined && !isPrivate(one))
  if (passed !== undefined) return passed
  const [first] = list
  if (first !== undefined && (connected === undefined || isPrivate(connected))) return first
  if (connected !== undefined) return connected
  return isAbsent(remote) ? '' : noAddress(remote)
}

/** Why a text that stands for an address can't be taken for one. */
export function noAddress(text: string): Unreadable {
  return unreadable(isHostName(text.replace(/:\d{1,5}$/, '')) && /[a-z]/i.test(text) ? 'host_name' : 'address')
}

/** Whether a field has no value: `-` in most formats. */
export function isAbsent(text: string): boolean {
  return text === '' || text === '-' || text === '"-"' || text === 'unknown'
}

/** Addresses of private networks, of a link and of the machine itself (RFC 1918, 3927, 4193, 4291, 6598). */
const privateAddress =
  /^(?:10\.|127\.|0\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1?$|f[cd]|fe[89ab])/

/** Whether an address is one of a private network: no visitor from elsewhere has it. */
export function isPrivate(address: string): boolean {
  return privateAddress.test(address)
}
