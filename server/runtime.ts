/**
 * The one place that knows on which runtime we are: Bun or Deno.
 *
 * @module
 */
import { isIP } from 'node:net'
import { totalmem } from 'node:os'
import process from 'node:process'

/** What the runtime knows of a request. */
export interface Connection {
  /** The address of the other end of the socket. */
  address(request: Request): string
  /**
   * Keeps the connection of a request open as long as something can be written to it each `silenceMs`. One that
   * takes nothing for so long is closed, else it would hold its socket and what waits in it for ever.
   */
  keepOpen(request: Request, silenceMs: number): void
}

/** A listening server. Disposing closes it and what is still open. */
export interface Listening extends AsyncDisposable {
  readonly port: number
}

/** How a request is answered. */
export type Handler = (request: Request, connection: Connection) => Promise<Response>

/** A port or an address that cannot be listened on; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** Seconds between two looks of Bun at quiet connections; it waits for 255 at most. */
const step = 4

interface DenoServer {
  readonly addr: { readonly port: number }
  shutdown(): Promise<void>
}

interface DenoRuntime {
  serve(
    options: { port: number; hostname: string; signal: AbortSignal; onListen: () => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): DenoServer
}

/**
 * Listens on a port; 0 takes a free one.
 *
 * @throws {ListenError} where the port is taken or not allowed
 */
export function listen(port: number, host: string, handler: Handler): Listening {
  try {
    return 'Bun' in globalThis ? listenOnBun(port, host, handler) : listenOnDeno(port, host, handler)
  } catch (error) {
    throw new ListenError(listenMessage(error, port, host), { cause: error })
  }
}

/** Bytes of memory that there are: of the machine, or of the container that we are in. */
export function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY)
}

/** The command that runs a program of ours on the runtime that we are on. */
export function programCommand(file: string): [string, ...string[]] {
  return 'Bun' in globalThis ? [process.execPath, file] : [process.execPath, 'run', '-A', '--quiet', file]
}

function listenOnBun(port: number, host: string, handler: Handler): Listening {
  const server = Bun.serve({
    port,
    hostname: host,
    idleTimeout: 30,
    // Files that are imported; each route has a limit of its own, and bodies are read as they come.
    maxRequestBodySize: 16 * 2 ** 30,
    development: false,
    // Else Bun shares the port with a second service outside of development, and the system deals calls out to both.
    reusePort: false,
    fetch: (request, server) =>
      handler(request, {
        address: () => server.requestIP(request)?.address ?? '',
        keepOpen: (_, silenceMs) => server.timeout(request, Math.min(255, Math.ceil(silenceMs / 1000) + step)),
      }),
  })
  return { port: server.port ?? port, [Symbol.asyncDispose]: () => server.stop(true) }
}

function listenOnDeno(port: number, host: string, handler: Handler): Listening {
  const { Deno: deno } = globalThis as unknown as { Deno: DenoRuntime }
  const abort = new AbortController()
  const options = { port, hostname: host, signal: abort.signal, onListen: () => undefined }
  const server = deno.serve(options, (request, info) =>
    handler(request, { address: () => info.remoteAddr.hostname, keepOpen: () => undefined }),
  )
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      abort.abort()
      await server.shutdown().catch(() => undefined)
    },
  }
}

/** The address of a service as this machine reaches it. */
export function urlOf(host: string, port: number): string {
  const isAnywhere = /^(0\.0\.0\.0|::|127\.0\.0\.1)$/.test(host)
  return `http://${isAnywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

function listenMessage(error: unknown, port: number, host: string): string {
  const text = `${String(error)} ${error instanceof Error && 'code' in error ? String(error.code) : ''}`
  if (/EADDRINUSE|AddrInUse|in use/.test(text)) {
    return `Port ${port} is taken by another program. Stop it, or set HK_PORT to another port.`
  }
  if (/EACCES|PermissionDenied/.test(text))
    return `Port ${port} is not allowed to this user. Set HK_PORT to one above 1023.`
  if (/EADDRNOTAVAIL|AddrNotAvailable|ENOTFOUND|EINPROGRESS|lookup/.test(text)) {
    return `HK_HOST is "${host}", but this machine has no such address. Use 0.0.0.0 for all, or 127.0.0.1; with IPv6 :: or ::1.`
  }
  return `The service cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}.`
}
