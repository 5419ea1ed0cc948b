import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Milliseconds between two looks at the clock. */
const stepMs = 10_000

const readers = new Set<ReactiveControllerHost>()
let timer: ReturnType<typeof setInterval> | undefined

/** Has all that read the clock written anew; in a hidden page nobody reads it. */
function tick(): void {
  if (document.hidden) return
  for (const reader of readers) reader.requestUpdate()
}

function turn(): void {
  if (readers.size > 0 === (timer !== undefined)) return
  clearInterval(timer)
  timer = readers.size > 0 ? setInterval(tick, stepMs) : undefined
  if (timer === undefined) document.removeEventListener('visibilitychange', tick)
  else document.addEventListener('visibilitychange', tick)
}

/** The one clock of a page: it has its element written anew each ten seconds, while it is connected. */
export class Clock implements ReactiveController {
  #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return Date.now()
  }

  hostConnected(): void {
    readers.add(this.#host)
    turn()
  }

  hostDisconnected(): void {
    readers.delete(this.#host)
    turn()
  }
}
