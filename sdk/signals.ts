import { Signal } from 'signal-polyfill'

/** A value that can be read and followed: a signal as TC39 proposes them, or anything with its `get`. */
export interface ReadonlySignal<T> {
  get(): T
}

/** A signal that can be set. */
export interface WritableSignal<T> extends ReadonlySignal<T> {
  set(value: T): void
}

/** A signal that holds a value. */
export function state<T>(value: T): WritableSignal<T> {
  return new Signal.State(value)
}

/** A signal that is worked out from others, when it is read. */
export function computed<T>(compute: () => T): ReadonlySignal<T> {
  return new Signal.Computed(compute)
}

/**
 * Runs `run` now, and again whenever a signal that it read has changed; changes of one turn are one
 * run. Returns what ends it: a watcher is held by the signals it follows, so end it.
 */
export function effect(run: () => void): () => void {
  let queued = false
  const computation = new Signal.Computed(run)
  const watcher = new Signal.subtle.Watcher(() => {
    if (queued) return
    queued = true
    queueMicrotask(() => {
      queued = false
      const pending = watcher.getPending()
      // Armed before it runs: a run that throws does not end the effect.
      watcher.watch()
      for (const signal of pending) signal.get()
    })
  })
  watcher.watch(computation)
  computation.get()
  return () => watcher.unwatch(computation)
}
