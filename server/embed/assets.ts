import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'

/** Where the build leaves what browsers load. */
const built = fileURLToPath(new URL('../../components/dist/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
}

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly cache: string
}

/** Files of the build, by path. */
export type Assets = ReadonlyMap<string, Asset>

/**
 * Reads what the build has made into memory: the tracker, the autoloader and their chunks. A name with
 * a hash never changes its content, so it may be kept for good; the two entry points for minutes.
 */
export async function readAssets(folder: string = built): Promise<Assets> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const assets = new Map<string, Asset>()
  for (const name of names) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const hashed = /-[0-9a-z]{8,}\.js$/.test(name)
    assets.set(name.replaceAll('\\', '/'), {
      bytes: Uint8Array.from(await readFile(join(folder, name))),
      type,
      cache: hashed ? 'public, max-age=31536000, immutable' : 'public, max-age=300, stale-while-revalidate=86400',
    })
  }
  return assets
}

/** What browsers load: the tracker at `/hk.js`, the elements under `/embed/`. */
export function assetRoutes(assets: Assets) {
  function serve(path: string): Response {
    const asset = assets.get(path)
    if (asset === undefined) {
      const message = assets.size === 0 ? 'Nothing is built yet: run "bun run build".' : 'There is no such file.'
      throw new HkError('not_found', message)
    }
    return new Response(asset.bytes, {
      headers: {
        'content-type': asset.type,
        'cache-control': asset.cache,
        'cross-origin-resource-policy': 'cross-origin',
      },
    })
  }

  return new Elysia({ detail: { tags: ['embed'] } })
    .get('/hk.js', () => serve('tracker/hk.js'), { detail: { summary: 'The tracker' } })
    .get('/embed/*', ({ params }) => serve(params['*']), { detail: { summary: 'The elements' } })
}
