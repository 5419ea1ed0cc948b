/**
 * A peer of `fanout`: one channel of `better-sse` under `Bun.serve`. What is posted is told to all.
 *
 * @module
 */
import { createChannel, createResponse } from 'better-sse'

const channel = createChannel()

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 0,
  async fetch(request) {
    if (request.method === 'GET')
      return createResponse(request, (session) => {
        session.push({}, 'hello')
        channel.register(session)
      })
    channel.broadcast(await request.json(), 'analytics.changed')
    return new Response(null, { status: 202 })
  },
})

console.log(`better-sse listens on ${server.url}`)
process.on('SIGINT', () => process.exit(0))
