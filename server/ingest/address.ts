import { type BlockList, isIP } from 'node:net'

/**
 * The address a request came from: the socket's, or where that is a trusted proxy the right-most
 * address of `X-Forwarded-For` that is not one. What a client writes there itself is never believed.
 */
export function clientAddress(socket: string, forwardedFor: string | null, trusted: BlockList): string {
  let address = plain(socket)
  const hops = forwardedFor?.split(',').map((hop) => plain(hop.trim())) ?? []
  while (isTrusted(address, trusted)) {
    const previous = hops.pop()
    if (previous === undefined || isIP(previous) === 0) break
    address = previous
  }
  return address
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address)
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Without brackets, port, zone and the IPv4-in-IPv6 prefix. */
function plain(address: string): string {
  const bare =
    /^\[([^\]]+)\]/.exec(address)?.[1] ??
    (/^[\d.]+:\d+$/.test(address) ? address.replace(/:\d+$/, '') : address)
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
}
