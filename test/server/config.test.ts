import { describe, expect, test } from 'bun:test'
import { totalmem } from 'node:os'
import { readConfig } from '../../server/index.ts'

const busOf = (text?: string) => readConfig(text === undefined ? {} : { HK_BUS: text }).bus

function refusal(text: string): string {
  try {
    busOf(text)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error(`${text} was taken.`)
}

describe('HK_SPOOL_BYTES', () => {
  const bytesOf = (text?: string) => readConfig(text === undefined ? {} : { HK_SPOOL_BYTES: text }).spoolBytes

  test('is 256 MiB where it is not said, and may be any size from 64 KiB, or 0 for none', () => {
    expect([undefined, '0', '65536', '1000000000'].map(bytesOf)).toEqual([268_435_456, 0, 65_536, 1_000_000_000])
  })

  test.each(['-1', '1', '65535', '64K', '1e6', '99999999999999999999'])('may not be %s, and a sentence says so', (text) => {
    expect(() => bytesOf(text)).toThrow(`HK_SPOOL_BYTES is "${text}"`)
  })
})

describe('HK_ENGINE_MEMORY', () => {
  const memoryOf = (text?: string) => readConfig(text === undefined ? {} : { HK_ENGINE_MEMORY: text }).engineMemory

  test('is a quarter of the memory that there is where it is not said, and may be any size from 64 MiB', () => {
    expect(memoryOf()).toBeGreaterThanOrEqual(64 * 2 ** 20)
    expect(memoryOf()).toBeLessThanOrEqual(Math.max(64 * 2 ** 20, totalmem() / 4))
    expect(['67108864', '1000000000'].map(memoryOf)).toEqual([67_108_864, 1_000_000_000])
  })

  test.each(['-1', '0', '67108863', '1G', '1e9', '99999999999999999999'])('may not be %s, and a sentence says so', (text) => {
    expect(() => memoryOf(text)).toThrow(`HK_ENGINE_MEMORY is "${text}"`)
  })
})

describe('HK_SEGMENT_CACHE_BYTES', () => {
  const bytesOf = (text?: string) => readConfig(text === undefined ? {} : { HK_SEGMENT_CACHE_BYTES: text }).segmentCacheBytes

  test('is 2 GiB where it is not said, and may be any size from 64 MiB', () => {
    expect([undefined, '67108864', '10000000000'].map(bytesOf)).toEqual([2_147_483_648, 67_108_864, 10_000_000_000])
  })

  test.each(['-1', '0', '67108863', '1G', '1e9', '99999999999999999999'])('may not be %s, and a sentence says so', (text) => {
    expect(() => bytesOf(text)).toThrow(`HK_SEGMENT_CACHE_BYTES is "${text}"`)
  })
})

describe('HK_BUS', () => {
  test.each([
    'postgres',
    'redis://127.0.0.1',
    'redis://127.0.0.1:6379/3',
    'rediss://user:p%40ss@cache.example:6380/0',
    'redis://:password@[::1]:6379',
    'nats://127.0.0.1:4222',
    'nats://user:password@a.example:4222,nats://b.example:4223',
    'tls://token@a.example',
  ])('may be %s', (text) => {
    expect(busOf(text)).toBe(text)
  })

  test('is postgres where it is not said', () => {
    expect(busOf()).toBe('postgres')
    expect(busOf(' ')).toBe('postgres')
  })

  test('may name the scheme of several servers once', () => {
    expect(busOf('nats://a.example:4222, b.example')).toBe('nats://a.example:4222,nats://b.example')
  })

  test.each([
    ['carrier-pigeon', 'carrier-pigeon'],
    ['kafka://queue.example:9092', 'kafka://queue.example'],
    ['redis://', 'redis://'],
    ['redis://host.example:99999', 'redis://host.example'],
    ['redis://host.example/first', 'redis://host.example'],
    ['redis://host.example?db=1', 'redis://host.example'],
    ['redis://a.example,b.example', 'redis://a.example'],
    ['redis://a.example,nats://b.example', 'redis://a.example'],
    ['nats://a.example,redis://b.example', 'nats://a.example'],
    ['nats://a.example/subject', 'nats://a.example'],
    ['nats://a.example,', 'nats://a.example'],
    ['127.0.0.1:6379', '127.0.0.1'],
  ])('may not be %s, and a sentence says so', (text, shown) => {
    expect(refusal(text)).toContain(`HK_BUS is "${shown}", but it must be "postgres", or like redis://`)
  })

  test.each([
    'http://user:hunter2@host.example',
    'redis://user:hunter2@host.example/first',
    'redis://user:hunt%er2@host.example',
    'redis://user:hunter2/er@host.example',
    'redis://hunter2/er@host.example',
    'redis://user:hunt#hunter2@host.example',
    'redis://user:7,hunter2@host.example',
    'nats://hunter2@@host.example:x',
    'redis://host.example:hunter2',
  ])('shows nothing of a password when %s is refused', (text) => {
    const message = refusal(text)
    expect(message).toContain('host.example"')
    expect(message).not.toMatch(/hunt|user:7|7,/)
  })
})
