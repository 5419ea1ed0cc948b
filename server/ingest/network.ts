import { isIP, isIPv6 } from 'node:net'

/**
 * An IPv4 or IPv6 address in the one spelling in which addresses are compared: without zone and spaces, IPv6 as by
 * RFC 5952, and IPv4 that is written in IPv6 (`::ffff:203.0.113.9`) as IPv4. `undefined` for anything else.
 */
export function plainAddress(text: string): string | undefined {
  const address = text.trim().replace(/%.*$/, '')
  const version = isIP(address)
  if (version === 4) return address
  // The URL parser writes every spelling of an address the same way.
  const written = version === 6 ? URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) : undefined
  return written === undefined ? undefined : (mappedIpv4(written) ?? written)
}

/**
 * Whom an address stands for when it is counted: an IPv4 address for itself, an IPv6 address for its network of 64
 * bits, as anyone who has one has all of them (RFC 6177). What is no address stands for itself.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (plain === undefined || !isIPv6(plain)) return plain ?? address.slice(0, 64)
  return `${hextets(plain).slice(0, 4).join(':')}::/64`
}

/** A block of addresses. */
export interface Block {
  /** First address of the block. */
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  /** Length of the prefix in bits: 32 or 128 for one address. */
  readonly bits: number
}

/** Reads one address or a CIDR block (RFC 4632); bits after the prefix are taken as 0. `undefined` for anything else. */
export function readBlock(text: string): Block | undefined {
  const [, written = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const address = isIP(written) === 0 ? undefined : plainAddress(written)
  if (address === undefined) return undefined
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const size = family === 'ipv6' ? 128 : 32
  // A prefix of IPv4 in IPv6 counts the 96 bits before it.
  const bits = prefix === undefined ? size : Number(prefix) - (isIPv6(written) && family === 'ipv4' ? 96 : 0)
  if (bits < 0 || bits > size) return undefined
  return { address: masked(address, family, bits), family, bits }
}

/** A block as it is written: one address without its prefix. */
export function formatBlock({ address, family, bits }: Block): string {
  return bits === (family === 'ipv6' ? 128 : 32) ? address : `${address}/${bits}`
}

function masked(address: string, family: Block['family'], bits: number): string {
  const [parts, width, join] =
    family === 'ipv6'
      ? [hextets(address).map((part) => parseInt(part, 16)), 16, ':']
      : [address.split('.').map(Number), 8, '.']
  const kept = parts.map((part, index) => {
    const own = Math.min(width, Math.max(0, bits - index * width))
    return part & ((2 ** own - 1) << (width - own))
  })
  const text = kept.map((part) => part.toString(family === 'ipv6' ? 16 : 10)).join(join)
  return plainAddress(text) ?? text
}

/** The eight parts of an IPv6 address in the spelling of {@link plainAddress}. */
function hextets(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
}

function mappedIpv4(address: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return undefined
  const [upper, lower] = [parseInt(high, 16), parseInt(low, 16)]
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.')
}
