import type { Kind } from '../../sdk/index.ts'

/**
 * A small service on loopback, with real sockets: the stream and one report of one site, whose only
 * state is the number of the newest commit.
 */
export function serve() {
  const text = new TextEncoder()
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const asked: string[] = []
  let seq = 1

  const write = (controller: ReadableStreamDefaultController<Uint8Array>, event: string, data: unknown) =>
    controller.enqueue(text.encode(`event: ${event}\nid: e.${seq}\ndata: ${JSON.stringify(data)}\n\n`))

  const tell = (controller: ReadableStreamDefaultController<Uint8Array>, kinds: Kind[]) => {
    const at = new Date().toISOString()
    const data = { site_id: 's1', kinds, counts: {}, changed_at: at, bucket_start: at }
    write(controller, 'analytics.changed', data)
  }

  function stream(since: string | null): Response {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller
        streams.add(controller)
        write(controller, 'hello', { protocol: 1, position: `e.${seq}`, heartbeat_ms: 15_000, spread_ms: 0 })
        if (since !== null && since !== `e.${seq}`) tell(controller, ['hits'])
      },
      cancel() {
        if (own) streams.delete(own)
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch(request) {
      const url = new URL(request.url)
      asked.push(url.pathname + url.search)
      if (url.pathname.endsWith('/realtime')) return stream(url.searchParams.get('last_event_id'))
      if (!url.pathname.endsWith('/reports/overview')) return new Response(null, { status: 404 })
      const etag = `"${seq}"`
      if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304 })
      const none = { views_per_visit: null, bounce_rate: null, visit_duration: null, events: 0 }
      const data = { visitors: seq, visits: seq, pageviews: seq, ...none }
      const version = `e.${seq}`
      const answer = { report: 'overview', site_id: 's1', version, generated_at: version, range: {}, data }
      return Response.json(answer, { headers: { etag, 'cache-control': 'private, no-cache' } })
    },
  })

  return {
    url: `http://127.0.0.1:${server.port}`,
    asked,
    streams,
    commit() {
      seq += 1
      for (const controller of streams) tell(controller, ['hits'])
    },
    /** Ends every stream without a word, as a proxy that restarts does. */
    break() {
      for (const controller of streams) controller.close()
      streams.clear()
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
