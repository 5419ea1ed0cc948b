import { createParser } from 'eventsource-parser'
import { isDenied, isRecord, toError } from './errors.ts'
import type { Platform } from './platform.ts'
import { HkError } from './protocol.ts'
import type { StreamEvents } from './protocol.ts'
import type { InnerInput } from './states.ts'

/** One event of the stream, with its position where it has one. */
export type Message = {
  [E in keyof StreamEvents]: { event: E; data: StreamEvents[E]; id: string | undefined }
}[keyof StreamEvents]

/** What an attempt to hold a stream tells. Nothing is told after it has been ended. */
export interface AttemptHandler {
  message(message: Message): void
  input(type: InnerInput, floor?: number, error?: HkError): void
}

const connectMs = 10_000
const helloMs = 5_000
const healthMs = 10_000
/**
 * Silence is looked for this often. A look that comes this late by the clock means that the machine
 * slept, one that comes this early that its clock was set back.
 */
const lookMs = 5_000
/** Characters of an event that is not over yet: hundreds of times what the service sends. */
const mostBuffered = 1_048_576

const events = /^(hello|analytics\.(changed|resync)|live|visit|ping|bye)$/

/** Reads one event; `undefined` where this version does not know it or its data is not an object. */
export function parseMessage(
  event: string | undefined,
  text: string,
  id: string | undefined,
): Message | undefined {
  if (!events.test(event ?? '')) return undefined
  try {
    const data: unknown = JSON.parse(text)
    return isRecord(data) ? ({ event, data, id } as Message) : undefined
  } catch {
    return undefined
  }
}

/**
 * Opens a stream and watches over it: 10 s to connect, 5 s to `hello`, then dead after 1.5 heartbeats
 * and 5 s without a byte. Deadlines are compared with the clock, as timers may be late.
 *
 * @returns what ends it, at once and silently
 */
export function openStream(
  open: (signal: AbortSignal) => Promise<Response>,
  handler: AttemptHandler,
  { now, after }: Platform,
): () => void {
  const controller = new AbortController()
  let deadline = now() + connectMs
  let connected = false
  /** Longest silence; 0 until `hello` has told how often to expect something. */
  let silenceMs = 0
  let healthyAt = Infinity
  let cancel = look()

  const end = () => {
    cancel()
    controller.abort()
  }
  const { signal } = controller

  const tell: AttemptHandler['input'] = (...told) => {
    if (!signal.aborted) handler.input(...told)
  }

  function look(): () => void {
    const due = Math.min(deadline, now() + lookMs)
    return after(due - now(), () => {
      if (Math.abs(now() - due) > lookMs) tell('woke')
      else if (now() < deadline) cancel = look()
      else if (connected) tell('mute')
      else tell('failed', 0, new HkError('timeout', 'The service did not answer in time. Try again later.'))
    })
  }

  function receive(message: Message): void {
    if (message.event === 'hello') {
      silenceMs = 1.5 * (Number(message.data.heartbeat_ms) || 15_000) + 5_000
      healthyAt = now() + healthMs
      deadline = now() + silenceMs
      handler.message(message)
      tell('hello')
    } else if (message.event !== 'bye') {
      handler.message(message)
    } else if (message.data.reason === 'revoked') {
      tell('denied', 0, new HkError('gone', 'Access was revoked.'))
    } else {
      tell('failed', Number(message.data.retry_ms) || 0)
    }
  }

  async function run(): Promise<void> {
    const response = await open(signal)
    const reader = response.body?.getReader?.()
    if (!reader) return tell('unsupported')
    connected = true
    deadline = now() + helloMs
    // The parser drops the mark at the beginning, and only one may be dropped.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    const parser = createParser({
      maxBufferSize: mostBuffered,
      onError({ type }) {
        if (type === 'max-buffer-size-exceeded') {
          throw new HkError('protocol', 'The stream has an event without end. Check the endpoint.')
        }
      },
      onEvent({ event, data, id }) {
        const message = parseMessage(event, data, id)
        if (message && !signal.aborted) receive(message)
      },
    })
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return tell('failed')
      if (silenceMs) deadline = now() + silenceMs
      if (now() >= healthyAt) {
        healthyAt = Infinity
        tell('healthy')
      }
      parser.feed(decoder.decode(value, { stream: true }))
    }
  }

  run().catch((cause) => {
    const error = toError(cause)
    tell(isDenied(error) ? 'denied' : 'failed', error.retryAfterMs, error)
  })
  return end
}
