/** What is done for a body. */
export interface BodyParts {
  /** Milliseconds for who reads to take the next chunk; then it is cut. */
  readonly stallMs: number
  /** Milliseconds that all of it may take. */
  readonly mostMs: number
  /** Called once when no more is written, whatever the reason. */
  readonly onEnd: () => void | Promise<void>
  /** Told of what failed while the body was written. */
  readonly onError: (error: unknown) => void
}

/** The body of an answer, and how it is cut from outside. */
export interface CutBody {
  readonly stream: ReadableStream<Uint8Array>
  cut(error: Error): Promise<void>
}

/**
 * Writes chunks as they are asked for. What fails, and who takes too long, is cut: the connection breaks off, so that
 * half a file is never taken for a whole one.
 */
export function writeBody(chunks: AsyncIterator<Uint8Array>, { stallMs, mostMs, onEnd, onError }: BodyParts): CutBody {
  const late = setTimeout(() => void cut(new Error(`An export took over ${mostMs / 1000} seconds.`)), mostMs)
  let stalled: ReturnType<typeof setTimeout> | undefined
  let over = false
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined

  async function end(): Promise<void> {
    clearTimeout(stalled)
    clearTimeout(late)
    if (over) return
    over = true
    await onEnd()
  }

  async function cut(error: Error): Promise<void> {
    if (over) return
    controller?.error(error)
    await end()
  }

  function wait(): void {
    const message = `Nothing was taken of an export for ${stallMs / 1000} seconds.`
    stalled = setTimeout(() => void cut(new Error(message)), stallMs)
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own
        wait()
      },
      async pull(own) {
        clearTimeout(stalled)
        try {
          const { done, value } = await chunks.next()
          if (over) return
          if (done === true) {
            await end()
            return own.close()
          }
          own.enqueue(value)
          wait()
        } catch (error) {
          if (over) return
          onError(error)
          own.error(error)
          await end()
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
  return { stream, cut }
}
