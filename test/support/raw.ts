import { connect } from 'node:net'

/**
 * Asks over a bare socket, as `fetch` mends paths before it sends them. Resolves to the status and the
 * answer as it came, without its date; an answer without end is cut off after `withinMs`.
 */
export function askRaw(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  withinMs = 300,
): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(url)
  const fields = Object.entries({ host, connection: 'close', ...headers })
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return new Promise((resolve, reject) => {
    let text = ''
    let cut: ReturnType<typeof setTimeout> | undefined
    const socket = connect(Number(port), hostname, () =>
      socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\n${head}\r\n`, 'utf8')),
    )
    socket
      .on('data', (chunk) => {
        text += String(chunk)
        cut ??= setTimeout(() => socket.destroy(), withinMs)
      })
      .on('error', reject)
      .on('close', () => {
        clearTimeout(cut)
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
        resolve({ status, text: text.replace(/^date:.*\r\n/im, '') })
      })
  })
}

/** A stream on a bare socket, whose other end can leave what comes in the buffers of the system. */
export interface SocketStream {
  /** Events that have come, as they were written, without the one that is not whole yet. */
  events(): string[]
  /** Whether the service has said that nothing more comes. */
  readonly ended: boolean
  /** Whether the connection is gone. */
  readonly closed: boolean
  pause(): void
  resume(): void
  destroy(): void
}

/** Opens a stream on a bare socket; resolves once its first event is there. */
export async function openSocket(url: string, path: string): Promise<SocketStream> {
  const { hostname, port, host } = new URL(url)
  const chunks: Buffer[] = []
  let closed = false
  const socket = connect(Number(port), hostname, () => socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`))
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('close', () => (closed = true)).on('error', () => (closed = true))
  const read = () => unchunk(Buffer.concat(chunks).toString('latin1'))
  const stream: SocketStream = {
    events: () => read().body.split('\n\n').slice(0, -1),
    get ended() {
      return read().ended
    },
    get closed() {
      return closed
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  }
  for (const deadline = Date.now() + 10_000; stream.events().length === 0; await Bun.sleep(10)) {
    if (closed || Date.now() > deadline) throw new Error(`No stream came, but: ${Buffer.concat(chunks).toString()}`)
  }
  return stream
}

/** The body of an answer in chunks (RFC 9112, section 7.1), as far as it has come. */
function unchunk(text: string): { body: string; ended: boolean } {
  let body = ''
  for (let at = text.indexOf('\r\n\r\n') + 4; at >= 4; ) {
    const end = text.indexOf('\r\n', at)
    const length = end === -1 ? Number.NaN : Number.parseInt(text.slice(at, end), 16)
    if (length === 0) return { body, ended: true }
    if (Number.isNaN(length)) break
    body += text.slice(end + 2, end + 2 + length)
    at = end + 2 + length + 2
  }
  return { body, ended: false }
}
