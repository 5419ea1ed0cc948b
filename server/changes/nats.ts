import { connect, type NodeConnectionOptions } from '@nats-io/transport-node'
import { createLinkWake, type Link, type LinkOptions } from './link.ts'
import type { Wake } from './wake.ts'

const subject = 'hk.changes'

/**
 * Wakes by publish and subscribe of NATS.
 *
 * @param url as `nats://user:password@host:4222`, or `nats://token@host`; several with commas between
 *   them. `tls:` demands TLS, which `nats:` takes where the server offers it.
 */
export function createNatsWake(url: string, options: LinkOptions): Wake {
  return createLinkWake((received) => openNats(readServers(url), received), options)
}

async function openNats(servers: NodeConnectionOptions, received: (payload: string) => void): Promise<Link> {
  const connection = await connect({
    ...servers,
    name: 'hk-live',
    reconnect: false,
    timeout: 5_000,
    pingInterval: 10_000,
  })
  connection.subscribe(subject, {
    // Nothing more is heard after an error, as when permission is refused.
    callback: (error, message) => {
      if (error === null) received(message.string())
      else void connection.close()
    },
  })
  return {
    async publish(payload) {
      connection.publish(subject, payload)
      await connection.flush()
    },
    over: connection.closed(),
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

/** Takes addresses apart. The client has one credential for all servers: the first that is given. */
function readServers(text: string): NodeConnectionOptions {
  const urls = text.split(',').map((part) => new URL(part))
  const { username = '', password = '' } = urls.find((url) => url.username !== '') ?? {}
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  return {
    servers: urls.map((url) => url.host),
    ...(urls.some((url) => url.protocol === 'tls:') && { tls: {} }),
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
  }
}
