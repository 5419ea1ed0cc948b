import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import { codingOf } from '../coding.ts'
import { contentOf, emptyAnswer, problemsOf } from '../openapi/index.ts'

/** Where the build leaves what browsers load. */
const built = fileURLToPath(new URL('../../components/dist/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
}

type Bytes = Uint8Array<ArrayBuffer>

interface Asset {
  /** By content coding; `identity` is the file as it is. */
  readonly bytes: Readonly<Record<'identity' | 'gzip' | 'br', Bytes>>
  readonly type: string
  readonly cache: string
  readonly etag: string
}

/** Files of the build, by path. */
export type Assets = ReadonlyMap<string, Asset>

/**
 * Reads what the build has made into memory, compressed once: the tracker, the autoloader and their
 * chunks. A name with a hash never changes its content, so it may be kept for good; the entry points,
 * whose names stay, for minutes.
 */
export async function readAssets(folder: string = built): Promise<Assets> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const assets = new Map<string, Asset>()
  for (const name of names) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const bytes = Uint8Array.from(await readFile(join(folder, name)))
    const hashed = /-[0-9a-z]{8,}\.js$/.test(name)
    assets.set(name.replaceAll('\\', '/'), {
      bytes: {
        identity: bytes,
        gzip: Uint8Array.from(gzipSync(bytes)),
        br: Uint8Array.from(brotliCompressSync(bytes)),
      },
      type,
      cache: hashed
        ? 'public, max-age=31536000, immutable'
        : 'public, max-age=300, stale-while-revalidate=86400',
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    })
  }
  return assets
}

const script = {
  responses: {
    ...contentOf('text/javascript', 'The script.', 'export {}'),
    ...emptyAnswer(304, 'It has not changed.'),
  },
}

/** Answers with a file of the build. Throws `not_found` where there is none of that path. */
export function serveAsset(assets: Assets, request: Request, path: string): Response {
  const asset = assets.get(path)
  if (asset === undefined) {
    const message =
      assets.size === 0 ? 'Nothing is built on this server: run "bun run build" there, and start it again.' : 'There is no such file.'
    throw new HkError('not_found', message)
  }
  const headers = new Headers({
    'content-type': asset.type,
    'cache-control': asset.cache,
    etag: asset.etag,
    vary: 'accept-encoding',
    'cross-origin-resource-policy': 'cross-origin',
  })
  if (request.headers.get('if-none-match')?.includes(asset.etag))
    return new Response(null, { status: 304, headers })
  const coding = codingOf(request, ['br', 'gzip'])
  if (coding !== 'identity') headers.set('content-encoding', coding)
  return new Response(asset.bytes[coding], { headers })
}

/** What browsers load: the tracker at `/hk.js`, the elements under `/embed/`. */
export function assetRoutes(assets: Assets) {
  return new Elysia({ detail: { tags: ['embed'] } })
    .get('/hk.js', ({ request }) => serveAsset(assets, request, 'tracker/hk.js'), {
      detail: {
        ...script,
        summary: 'The tracker',
        description: '`<script defer src="…/hk.js" data-site="SITE_ID"></script>`',
        responses: { ...script.responses, ...problemsOf('not_found') },
      },
    })
    .get('/embed/*', ({ request, params }) => serveAsset(assets, request, params['*']), {
      detail: { ...script, summary: 'The elements', description: '`hk.js` loads those that a page uses; others have a hash in their name.' },
    })
}
