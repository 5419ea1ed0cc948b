/** Timers that code of one folder has set and that have neither run nor been cleared. */
export interface TimerWatch extends Disposable {
  readonly alive: number
  /** Where each of them was set, for the message of a failure. */
  readonly origins: readonly string[]
}

type Run = (...args: unknown[]) => void
type Handle = ReturnType<typeof setTimeout>

/** Watches the timers of this process until it is disposed. Timers that were set before are not seen. */
export function watchTimers(folder: string): TimerWatch {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis
  const alive = new Map<Handle | undefined, string>()

  function keep(timer: Handle): Handle {
    const place = new Error().stack
      ?.split('\n')
      .slice(1)
      .find((line) => !line.includes('/support/timers.ts'))
    if (place?.includes(folder)) alive.set(timer, place.trim())
    return timer
  }

  Object.assign(globalThis, {
    setTimeout: Object.assign((run: Run, ms?: number, ...args: unknown[]) => {
      const timer: Handle = setTimeout(
        (...given: unknown[]) => {
          alive.delete(timer)
          run(...given)
        },
        ms,
        ...args,
      )
      return keep(timer)
    }, setTimeout),
    setInterval: (run: Run, ms?: number, ...args: unknown[]) => keep(setInterval(run, ms, ...args)),
    clearTimeout: (timer?: Handle) => {
      alive.delete(timer)
      clearTimeout(timer)
    },
    clearInterval: (timer?: Handle) => {
      alive.delete(timer)
      clearInterval(timer)
    },
  })
  return {
    get alive() {
      return alive.size
    },
    get origins() {
      return [...alive.values()]
    },
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval })
    },
  }
}
