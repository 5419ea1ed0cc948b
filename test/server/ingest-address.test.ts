/** Which address a request came from, and how addresses are written and compared. */
import { describe, expect, test } from 'bun:test'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { readConfig } from '../../server/index.ts'
import { type AddressHeader, addressHeaders, clientAddress } from '../../server/ingest/address.ts'
import { formatBlock, networkOf, plainAddress, readBlock } from '../../server/ingest/network.ts'
import { hostileText } from './ingest-hostile.ts'

const { trustedProxies: trusted } = readConfig({ HK_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8:ffff::/48' })

const ask = (socket: string, header: AddressHeader, headers: Record<string, string>) =>
  clientAddress(socket, new Headers(headers), { trusted, header })

describe('a request comes from', () => {
  test.each([
    ['its socket, where that is no proxy of ours', '198.51.100.1', 'x-forwarded-for', { 'x-forwarded-for': '1.1.1.1' }, '198.51.100.1'],
    ['the address that the proxy appended', '10.0.0.1', 'x-forwarded-for', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
    ['the right-most that is no proxy, not what the client wrote before', '10.0.0.1', 'x-forwarded-for', { 'x-forwarded-for': '8.8.8.8, 203.0.113.9, 10.2.2.2' }, '203.0.113.9'],
    ['the proxy that stands after what is no address', '10.0.0.1', 'x-forwarded-for', { 'x-forwarded-for': '203.0.113.9, unknown, 10.2.2.2' }, '10.2.2.2'],
    ['an IPv6 client behind an IPv6 proxy', '2001:db8:ffff::1', 'x-forwarded-for', { 'x-forwarded-for': '[2001:DB8::0:5]:443' }, '2001:db8::5'],
    ['a proxy that the socket names in IPv6', '::ffff:10.0.0.1', 'x-forwarded-for', { 'x-forwarded-for': '::ffff:203.0.113.9' }, '203.0.113.9'],
    ['the proxy, where it says nothing', '10.0.0.1', 'x-forwarded-for', {}, '10.0.0.1'],
    ['the last element of Forwarded', '10.0.0.1', 'forwarded', { forwarded: 'for=8.8.8.8, for=203.0.113.9;proto=https;by=10.0.0.1' }, '203.0.113.9'],
    ['a quoted IPv6 node of Forwarded, with its port', '10.0.0.1', 'forwarded', { forwarded: 'proto=https;For="[2001:db8:cafe::17]:4711"' }, '2001:db8:cafe::17'],
    ['what the proxy wrote after a quote that the client left open', '10.0.0.1', 'forwarded', { forwarded: 'for="8.8.8.8, for=203.0.113.9' }, '203.0.113.9'],
    ['the proxy, where Forwarded hides the node', '10.0.0.1', 'forwarded', { forwarded: 'for=_hidden' }, '10.0.0.1'],
    ['the CDN\'s header, where that is chosen', '10.0.0.1', 'cf-connecting-ip', { 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '8.8.8.8' }, '203.0.113.9'],
    ['the proxy, where the chosen header holds no address', '10.0.0.1', 'true-client-ip', { 'true-client-ip': 'localhost' }, '10.0.0.1'],
  ] as const)('%s', (_, socket, header, headers, expected) => {
    expect(ask(socket, header, headers)).toBe(expected)
  })

  test('its socket, by whatever header, where that is no proxy of ours', () => {
    for (const header of addressHeaders) {
      for (const sent of addressHeaders) {
        expect(ask('198.51.100.1', header, { [sent]: sent === 'forwarded' ? 'for=8.8.8.8' : '8.8.8.8' })).toBe('198.51.100.1')
      }
    }
  })

  test('no header but the chosen one', () => {
    for (const header of addressHeaders) {
      const others = addressHeaders.filter((other) => other !== header)
      const headers = Object.fromEntries(others.map((other) => [other, other === 'forwarded' ? 'for=8.8.8.8' : '8.8.8.8']))
      expect(ask('10.0.0.1', header, headers)).toBe('10.0.0.1')
    }
  })

  test('an address, whatever headers hold', () => {
    const value = fc.array(fc.oneof(hostileText, fc.ipV4(), fc.ipV6(), fc.constantFrom('for=', '"', ',', ';', '10.0.0.2'))).map((parts) => parts.join(','))
    const sendable = value.map((text) => text.replace(/[^\u0020-\u007e]/g, '?'))
    fc.assert(
      fc.property(fc.constantFrom(...addressHeaders), sendable, (header, text) => {
        expect(isIP(ask('10.0.0.1', header, { [header]: text }))).toBeGreaterThan(0)
      }),
    )
  })
})

describe('addresses', () => {
  test('are one however they are spelt', () => {
    expect(['2001:DB8:0::1', '2001:db8::0:0:1', ' 2001:0db8:0000:0000:0000:0000:0000:0001%eth0 '].map(plainAddress)).toEqual(
      Array.from({ length: 3 }, () => '2001:db8::1'),
    )
    expect(['::ffff:203.0.113.9', '::FFFF:cb00:7109', '203.0.113.9'].map(plainAddress)).toEqual(
      Array.from({ length: 3 }, () => '203.0.113.9'),
    )
    expect(['', '1.2.3', '1.2.3.4:80', 'localhost', '[::1]', '::g'].map(plainAddress)).toEqual(Array.from({ length: 6 }, () => undefined))
  })

  test('of IPv6 are counted by their network', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:3::9')).toBe('2001:db8:1:3::/64')
    expect(networkOf('::ffff:203.0.113.9')).toBe(networkOf('203.0.113.9'))
    expect(networkOf('x'.repeat(1_000))).toHaveLength(64)
  })

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['10.9.8.7/8', '10.0.0.0/8'],
    ['203.0.113.255/25', '203.0.113.128/25'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8:abcd:ef12::/45', '2001:db8:abc8::/45'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('block %s is %s', (text, expected) => {
    const block = readBlock(text)
    expect(block && formatBlock(block)).toBe(expected)
  })

  test.each(['', '/8', '10.0.0.0/33', '2001:db8::/129', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/x', '1.2.3.4:80', '[::1]', '::ffff:10.0.0.0/8', 'example.com'])(
    '"%s" is no block',
    (text) => {
      expect(readBlock(text)).toBeUndefined()
    },
  )
})
