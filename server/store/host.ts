const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/**
 * The host that a text names, in the form in which hosts are kept: lower case, international names as `xn--…`, without
 * port and final dot. It may stand within an address, as people paste it.
 *
 * @returns `undefined` where it names none: another scheme than http and https, a user, a wildcard, a short form of an
 * IPv4 address
 */
export function readHost(text: string): string | undefined {
  const pasted = text.trim()
  const address = /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(pasted) ? pasted.replace(/^\/\//, 'https://') : `https://${pasted}`
  const url = /^https?:\/\/[^/\\]/i.test(address) ? URL.parse(address) : null
  if (url === null || url.username !== '' || url.password !== '') return undefined
  const host = url.hostname.replace(/\.$/, '')
  if (/^\[[\da-f:.]+\]$/.test(host)) return host
  if (/^[\d.]+$/.test(host) && !pasted.includes(host)) return undefined
  return host.length <= 253 && host.split('.').every((part) => label.test(part)) ? host : undefined
}
