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
