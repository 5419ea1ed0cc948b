import type { StreamEvents } from '@hk-live/sdk/protocol'

const encoder = new TextEncoder()

/**
 * One event of a stream as bytes (WHATWG HTML, section 9.2.6). JSON has no line breaks, so one data
 * line holds it; an id of other characters than positions have would forge fields, and throws.
 */
export function frame<E extends keyof StreamEvents>(
  event: E,
  data: StreamEvents[E],
  id?: string,
): Uint8Array {
  if (id !== undefined && !/^[0-9a-z.]{1,40}$/.test(id))
    throw new TypeError(`Not a position: ${JSON.stringify(id)}`)
  const head = id === undefined ? '' : `id: ${id}\n`
  return encoder.encode(`event: ${event}\n${head}data: ${JSON.stringify(data)}\n\n`)
}
