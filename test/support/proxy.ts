import { connect, createServer, type Socket } from 'node:net'

/** What a proxy does to a request and to its answer. Times are milliseconds. */
export type Behaviour =
  /** Hands on both as they come. */
  | { readonly kind: 'pass' }
  /** Holds an answer back until it is whole, or its body only; a stream never is whole. */
  | { readonly kind: 'buffer'; readonly what: 'all' | 'body' }
  /** Breaks each connection some time after its request. */
  | { readonly kind: 'cut'; readonly afterMs: number }
  /** Ends each connection some time after its request for the client only: the service is not told. */
  | { readonly kind: 'half'; readonly afterMs: number }
  /** Loses each connection some time after its request, and tells neither side. */
  | { readonly kind: 'mute'; readonly afterMs: number }
  /** Answers with a page of its own, as a proxy does whose service is away, or which wants a login. */
  | { readonly kind: 'answer'; readonly status: 200 | 502 | 503; readonly retryAfter?: number }
  /** Takes the position out of a request: the header `Last-Event-ID` and the query `last_event_id`. */
  | { readonly kind: 'strip' }
  /** Accepts a request and never answers. */
  | { readonly kind: 'stall' }
  /** Holds each request up. */
  | { readonly kind: 'delay'; readonly ms: number }

/** A proxy between clients and a service, over real sockets. */
export interface Proxy extends AsyncDisposable {
  readonly url: string
  /** The targets of all requests so far, as they came. */
  readonly asked: readonly string[]
  /** Connections of clients that are open. */
  readonly open: number
  /**
   * Behaves so from the next request on, where its target fits; to others the proxy is transparent.
   * Connections that are open go on as they began.
   */
  behave(behaviour: Behaviour, which?: RegExp): void
  /** Breaks all connections, as a proxy that is started anew. */
  cut(): void
  /** Loses all connections and tells neither side, as when a laptop sleeps or a route is gone. */
  lose(): void
}

interface Request {
  readonly target: string
  /** The head as it is to be sent on. */
  readonly head: string
  /** What of the body came with it. */
  readonly rest: Buffer
}

/** The most of a request's head that is waited for. */
const longestHead = 65_536

/**
 * Opens a proxy in front of a service. It speaks HTTP/1.1 with one request a connection, and hands on
 * bytes: how fast the service may send is up to how fast the client reads.
 */
export async function openProxy(serviceUrl: string): Promise<Proxy> {
  const { hostname, port } = new URL(serviceUrl)
  const pairs = new Map<Socket, Socket | undefined>()
  const lost = new Set<Socket>()
  /** The service's side of lost connections, which nobody has told it of. */
  const orphans = new Set<Socket>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const asked: string[] = []
  let behaviour: Behaviour = { kind: 'pass' }
  let which = /^/

  function later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }

  function part(client: Socket): void {
    pairs.get(client)?.destroy()
    pairs.delete(client)
    client.destroy()
  }

  /** From now on swallows what comes from either side. */
  function lose(client: Socket): void {
    if (!pairs.has(client)) return
    const service = pairs.get(client)
    lost.add(client)
    if (service !== undefined) orphans.add(service)
  }

  function handOn(client: Socket, { head, rest }: Request, buffer?: 'all' | 'body'): void {
    if (client.destroyed || lost.has(client)) return
    const service = connect(Number(port), hostname)
    pairs.set(client, service)
    service.on('error', () => part(client))
    service.write(head, 'latin1')
    service.write(rest)
    client.on('data', (chunk) => service.write(chunk))
    let held = Buffer.alloc(0)
    let holding = buffer
    service.on('data', (chunk: Buffer) => {
      if (lost.has(client)) return
      if (holding === undefined) {
        if (!client.write(chunk)) service.pause()
        return
      }
      held = Buffer.concat([held, chunk])
      const end = held.indexOf('\r\n\r\n')
      if (holding !== 'body' || end === -1) return
      client.write(held.subarray(0, end + 4))
      held = held.subarray(end + 4)
      holding = 'all'
    })
    client.on('drain', () => service.resume())
    service.on('end', () => {
      if (!lost.has(client)) client.end(held)
    })
  }

  function serve(client: Socket, request: Request): void {
    asked.push(request.target)
    const own: Behaviour = which.test(request.target) ? behaviour : { kind: 'pass' }
    switch (own.kind) {
      case 'stall':
        return
      case 'answer':
        return void client.end(answerOf(own.status, own.retryAfter))
      case 'delay':
        return later(own.ms, () => handOn(client, request))
      case 'strip':
        return handOn(client, withoutPosition(request))
      case 'buffer':
        return handOn(client, request, own.what)
      case 'cut':
        later(own.afterMs, () => part(client))
        break
      case 'mute':
        later(own.afterMs, () => lose(client))
        break
      case 'half':
        later(own.afterMs, () => {
          lose(client)
          client.end()
        })
    }
    handOn(client, request)
  }

  const server = createServer((client) => {
    pairs.set(client, undefined)
    let head = Buffer.alloc(0)
    const collect = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const request = readRequest(head)
      if (request === undefined && head.length < longestHead) return
      client.off('data', collect)
      if (request === undefined) part(client)
      else serve(client, request)
    }
    client.on('data', collect)
    client.on('error', () => part(client))
    client.on('close', () => {
      if (lost.delete(client)) pairs.delete(client)
      else part(client)
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()

  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    asked,
    get open() {
      return pairs.size
    },
    behave(next, targets = /^/) {
      behaviour = next
      which = targets
    },
    cut() {
      for (const client of pairs.keys()) part(client)
    },
    lose() {
      for (const client of pairs.keys()) lose(client)
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer)
      for (const client of pairs.keys()) part(client)
      for (const service of orphans) service.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Reads the head of a request, and makes it the last one of its connection. */
function readRequest(bytes: Buffer): Request | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const kept = fields.filter((field) => !/^(connection|keep-alive):/i.test(field))
  const head = [line, ...kept, 'connection: close', '', ''].join('\r\n')
  return { target: line.split(' ')[1] ?? '', head, rest: bytes.subarray(end + 4) }
}

function withoutPosition(request: Request): Request {
  const [line = '', ...fields] = request.head.split('\r\n')
  const bare = line.replace(/([?&])last_event_id=[^& ]*&?/, '$1').replace(/[?&] /, ' ')
  const kept = fields.filter((field) => !/^last-event-id:/i.test(field))
  return { ...request, head: [bare, ...kept].join('\r\n') }
}

const reasons = { 200: 'OK', 502: 'Bad Gateway', 503: 'Service Unavailable' }

function answerOf(status: 200 | 502 | 503, retryAfter: number | undefined): string {
  const reason = reasons[status]
  const body = `<html><h1>${status} ${reason}</h1></html>`
  const fields = ['content-type: text/html', `content-length: ${body.length}`, 'connection: close']
  if (retryAfter !== undefined) fields.push(`retry-after: ${retryAfter}`)
  return [`HTTP/1.1 ${status} ${reason}`, ...fields, '', body].join('\r\n')
}
