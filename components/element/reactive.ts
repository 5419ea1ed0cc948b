import { LitElement } from 'lit'
import { following, untracked } from './signals.ts'
import type { Following } from './signals.ts'

/**
 * An element that renders again when a signal changes that it read while it updated. It follows signals only
 * while it is connected, so that nothing leads to an element that was removed.
 */
export abstract class Reactive extends LitElement {
  #following: Following | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // Later, as an element that moves is connected again at once.
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#following?.end()
      this.#following = undefined
    })
  }

  protected override performUpdate(): void {
    if (!this.isUpdatePending) return
    if (!this.isConnected) return untracked(() => super.performUpdate())
    this.#following ??= following(() => super.performUpdate(), new WeakRef(this))
    this.#following.run()
  }
}
