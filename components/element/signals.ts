/**
 * The one file of the elements that imports the signal library: two copies of it do not see each other,
 * so it has to be the copy that the SDK imports as well.
 *
 * @module
 */
import { Signal, SignalWatcher } from '@lit-labs/signals'

export { SignalWatcher }

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
  return new Signal.State(value)
}

/** Makes a signal out of others. */
export function derived<T>(compute: () => T): Readable<T> {
  return new Signal.Computed(compute)
}

/** Runs `work` without noting the signals that it reads; it may also write some while an element renders. */
export function untracked<T>(work: () => T): T {
  return Signal.subtle.untrack(work)
}
