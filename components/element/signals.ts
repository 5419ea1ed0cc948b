/**
 * The one file of the elements that imports the signal library: two copies of it do not see each other,
 * so it has to be the copy that the SDK imports as well. Its `SignalWatcher` is not used, as an element with
 * it is never freed: a registry of the library holds the watcher, and the watcher leads to the element.
 *
 * @module
 */
import { computed, Signal, signal } from '@lit-labs/signals'

/** A signal to read. */
export interface Readable<T> {
  get(): T
}

/** A signal that can be written, too. */
export interface Writable<T> extends Readable<T> {
  set(value: T): void
}

/** Makes a signal with a first value. */
export function state<T>(value: T): Writable<T> {
  return signal(value)
}

/** Makes a signal out of others. */
export function derived<T>(compute: () => T): Readable<T> {
  return computed(compute)
}

/** Runs `work` without noting the signals that it reads; it may also write some while an element renders. */
export function untracked<T>(work: () => T): T {
  return Signal.subtle.untrack(work)
}

/** What is told that a signal which it read has changed. */
export interface Follower {
  requestUpdate(): void
}

/** Work whose signals are followed from its first run until it ends. */
export interface Following {
  run(): void
  end(): void
}

/** Follows the signals that `work` reads: when one changes, `follower` is told, if it still exists. */
export function following(work: () => void, follower: WeakRef<Follower>): Following {
  const turn = signal(0)
  const computation = computed(() => {
    turn.get()
    work()
  })
  const watcher = watcherFor(follower)
  watcher.watch(computation)
  return {
    run: () =>
      untracked(() => {
        turn.set(turn.get() + 1)
        computation.get()
      }),
    end: () => watcher.unwatch(computation),
  }
}

/** Made apart from `work`, so that the callback's scope does not lead to the element. */
function watcherFor(follower: WeakRef<Follower>): Signal.subtle.Watcher {
  const watcher = new Signal.subtle.Watcher(() => {
    follower.deref()?.requestUpdate()
    watcher.watch()
  })
  return watcher
}
