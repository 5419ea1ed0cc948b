import { type BlockList, isIPv6 } from 'node:net'
import { plainAddress } from './network.ts'

/** Headers of which one can be chosen to say where a request came from. */
export const addressHeaders = [
  'x-forwarded-for',
  'forwarded',
  'cf-connecting-ip',
  'true-client-ip',
  'fly-client-ip',
  'fastly-client-ip',
  'x-real-ip',
] as const

export type AddressHeader = (typeof addressHeaders)[number]

/** Whom to believe about addresses, and by which header. */
export interface AddressRule {
  /** Proxies in front of the service. */
  readonly trusted: BlockList
  readonly header: AddressHeader
}

/**
 * The address a request came from: the socket's, or where that is a trusted proxy what the one chosen header says.
 *
 * `X-Forwarded-For` and `Forwarded` (RFC 7239) are chains to which each proxy appends whom it heard: the right-most
 * address that is no trusted proxy is the client's, and what a client writes there itself stands left of it. The other
 * headers hold one address. A proxy that does not set one hands on what the client wrote, so none is ever read but the
 * one that the operator has chosen, knowing who sets it. That is also why the order between them is not ours to guess:
 * where the chosen one is missing, the address is the proxy's.
 */
export function clientAddress(socket: string, headers: Headers, { trusted, header }: AddressRule): string {
  const own = plainAddress(socket) ?? socket
  const said = headers.get(header)
  if (said === null || !isTrusted(own, trusted)) return own
  if (header === 'x-forwarded-for') return lastUntrusted(own, said.split(','), trusted)
  if (header === 'forwarded') return lastUntrusted(own, said.split(',').map(nodeOf), trusted)
  return hopOf(said) ?? own
}

/** Whether an address is one of the trusted proxies. */
export function isTrusted(address: string, trusted: BlockList): boolean {
  const plain = plainAddress(address)
  return plain !== undefined && trusted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

/** Goes from the socket back through a chain, as far as each hop is trusted to say who was before it. */
function lastUntrusted(socket: string, hops: string[], trusted: BlockList): string {
  let address = socket
  while (isTrusted(address, trusted)) {
    const previous = hopOf(hops.pop() ?? '')
    if (previous === undefined) break
    address = previous
  }
  return address
}

/** The address of a hop, which may have brackets and a port. */
function hopOf(text: string): string | undefined {
  const [, bracketed, v4 = text] = /^\s*(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})\s*$/.exec(text) ?? []
  return plainAddress(bracketed ?? v4)
}

/**
 * The node that an element of `Forwarded` names by `for`. Elements are parted at every comma: no address has one, and
 * a quote that a client left open must not swallow what a proxy wrote after it.
 */
function nodeOf(element: string): string {
  const [, quoted, token] = /(?:^|;)\s*for=(?:"([^"]*)"|([^;\s]*))/i.exec(element) ?? []
  return quoted ?? token ?? ''
}
