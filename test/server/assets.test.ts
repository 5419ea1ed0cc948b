import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { Elysia } from 'elysia'
import { build } from '../../components/build.ts'
import { assetRoutes, readAssets } from '../../server/embed/index.ts'

let folder: string
let app: { handle: (request: Request) => Promise<Response> }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hk-assets-'))
  await build(join(folder, 'dist'))
  app = new Elysia().use(assetRoutes(await readAssets(join(folder, 'dist'))))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (path: string, headers: Record<string, string> = {}) =>
  app.handle(new Request(`http://test${path}`, { headers }))

describe('what browsers load', () => {
  test('is compressed as the caller takes it, and the same either way', async () => {
    const plain = await get('/embed/hk.js')
    expect(plain.headers.get('content-encoding')).toBeNull()
    const packed = await get('/embed/hk.js', { 'accept-encoding': 'gzip, deflate, br, zstd' })
    expect(packed.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(await packed.arrayBuffer()).toString()).toBe(await plain.text())
    expect((await get('/hk.js', { 'accept-encoding': 'gzip, br;q=0' })).headers.get('content-encoding')).toBe(
      'gzip',
    )
    expect(packed.headers.get('vary')).toBe('accept-encoding')
  })

  test('is kept for good where its name has a hash, else for minutes and asked again by its tag', async () => {
    const entry = await get('/embed/hk.js')
    expect(entry.headers.get('cache-control')).toContain('max-age=300')
    const chunk = /chunks\/[\w-]+\.js/.exec(await entry.text())?.[0]
    expect((await get(`/embed/${chunk}`)).headers.get('cache-control')).toContain('immutable')
    expect((await get('/embed/hk.js', { 'if-none-match': entry.headers.get('etag') ?? '' })).status).toBe(304)
  })

  test('is nothing but the build', async () => {
    for (const path of ['/embed/../package.json', '/embed/%2e%2e/package.json', '/embed/nothing.js']) {
      expect((await get(path)).status).toBeGreaterThanOrEqual(400)
    }
  })
})
