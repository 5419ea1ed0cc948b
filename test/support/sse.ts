import { EventSourceParserStream } from 'eventsource-parser/stream'

/** One event of a stream with its data parsed. */
export interface SeenEvent {
  readonly event: string
  readonly id: string | undefined
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows what it looks at
  readonly data: any
}

/** A stream read event by event. */
export interface StreamReader {
  readonly seen: SeenEvent[]
  /** Whether the other side has closed. */
  readonly ended: boolean
  /** The next event, or the next of a name; fails after a while. */
  next(event?: string, timeoutMs?: number): Promise<SeenEvent>
  /** Waits until the other side closes. */
  end(timeoutMs?: number): Promise<void>
  cancel(): Promise<void>
}

/** Reads the body of a response as server-sent events. */
export function readStream(response: Response): StreamReader {
  if (response.body === null) throw new Error('The response has no body')
  const reader = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  const seen: SeenEvent[] = []
  const waiting = new Set<() => void>()
  let ended = false
  let handed = 0

  async function pump() {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        seen.push({ event: value.event ?? 'message', id: value.id, data: JSON.parse(value.data) })
        for (const wake of waiting) wake()
      }
    } catch {
      // Cut off: the same as ended here.
    }
    ended = true
    for (const wake of waiting) wake()
  }
  void pump()

  async function until<T>(look: () => T | undefined, timeoutMs: number, what: string): Promise<T> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const left = deadline - Date.now()
      if (left <= 0 || (ended && what !== 'end')) {
        throw new Error(`No ${what} came; seen: ${JSON.stringify(seen.map((one) => one.event))}`)
      }
      let wake = () => {}
      await new Promise<void>((resolve) => {
        wake = resolve
        waiting.add(wake)
        setTimeout(resolve, left)
      })
      waiting.delete(wake)
    }
  }

  return {
    seen,
    get ended() {
      return ended
    },
    next: (event, timeoutMs = 5_000) =>
      until(
        () => {
          const index = seen.findIndex(
            (one, at) => at >= handed && (event === undefined || one.event === event),
          )
          if (index === -1) return undefined
          handed = index + 1
          return seen[index]
        },
        timeoutMs,
        event ?? 'event',
      ),
    end: async (timeoutMs = 5_000) => {
      await until(() => (ended ? true : undefined), timeoutMs, 'end')
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}
