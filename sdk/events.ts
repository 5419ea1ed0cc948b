import mitt from 'mitt'

/** Handlers by event name. */
export interface Events<E extends Record<string, unknown>> {
  /** Calls `handler` on each event; returns what stops it. */
  on<K extends keyof E>(type: K, handler: (event: E[K]) => void): () => void
  emit<K extends keyof E>(type: K, event: E[K]): void
  /** Forgets every handler. */
  clear(): void
}

/** Tells the host of an error as if nothing had caught it; Node has no `reportError`. */
function report(error: unknown): void {
  if (globalThis.reportError) globalThis.reportError(error)
  else console.error(error)
}

/** Makes an emitter whose handlers cannot break each other: what one throws is reported. */
export function createEvents<E extends Record<string, unknown>>(): Events<E> {
  const emitter = mitt<E>()
  return {
    on(type, handler) {
      const guarded = (event: E[typeof type]) => {
        try {
          handler(event)
        } catch (error) {
          report(error)
        }
      }
      emitter.on(type, guarded)
      return () => emitter.off(type, guarded)
    },
    emit: (type, event) => emitter.emit(type, event),
    clear: () => emitter.all.clear(),
  }
}
