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

const hello = { protocol: 1, position: 'epoch.1', recovered: false, heartbeat_ms: 15_000, max_age_ms: 600_000, spread_ms: 0 }

/** One origin with the built elements, a service of made figures that take `delayMs`, and a page with `body`. */
export function serveElements(folder: string, body: string, delayMs = 0): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    // A stream may be silent for longer than a request may by itself.
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname.startsWith('/embed/')) return new Response(Bun.file(join(folder, pathname.slice(7))))
      if (pathname.endsWith('/realtime')) return stream(request.signal)
      if (pathname.endsWith('/changes')) return new Response(null, { status: 204 })
      const report = /\/reports\/(\w+)$/.exec(pathname)?.[1]
      if (report) {
        await Bun.sleep(delayMs)
        return Response.json(answer(report, searchParams, 0, 'epoch.1'))
      }
      if (pathname.startsWith('/api/')) return Response.json(shared)
      return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } })
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
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
