import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Built, build } from '../../components/build.ts'
import { answer, shared } from '../components/answers.ts'

/** Built elements in a temporary folder. */
export async function buildElements(): Promise<{ path: string; files: Record<string, Built> } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-elements-'))
  const path = join(folder, 'dist')
  const files = await build(path)
  return { path, files, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

const anyOrigin = { 'access-control-allow-origin': '*' }
const hello = { protocol: 1, position: 'epoch.1', recovered: false, heartbeat_ms: 15_000, max_age_ms: 600_000, spread_ms: 0 }

/**
 * One origin with the built elements, below any path, a service of made figures that take `delayMs`, and pages: with
 * `body`, or with what it says at each request.
 */
export function serveElements(folder: string, body: string | ((path: string) => string), delayMs = 0): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    // A stream may be silent for longer than a request may by itself.
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      const asset = /\/embed\/(.+)$/.exec(pathname)?.[1]
      if (asset !== undefined) {
        const file = Bun.file(join(folder, asset))
        return (await file.exists()) ? new Response(file, { headers: anyOrigin }) : new Response(null, { status: 404 })
      }
      if (pathname.endsWith('/realtime')) return stream(request.signal)
      if (pathname.endsWith('/changes')) return new Response(null, { status: 204, headers: anyOrigin })
      const report = /\/reports\/(\w+)$/.exec(pathname)?.[1]
      if (report) {
        await Bun.sleep(delayMs)
        return Response.json(answer(report, searchParams, 0, 'epoch.1'), { headers: anyOrigin })
      }
      if (pathname.includes('/api/')) return Response.json(shared, { headers: anyOrigin })
      const page = typeof body === 'string' ? body : body(pathname)
      return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
  })
}

function stream(signal: AbortSignal): Response {
  const first = `event: hello\nid: epoch.1\ndata: ${JSON.stringify({ ...hello, server_time: new Date().toISOString() })}\n\n`
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(first))
      signal.addEventListener('abort', () => controller.close())
    },
  })
  return new Response(body, { headers: { ...anyOrigin, 'content-type': 'text/event-stream' } })
}
