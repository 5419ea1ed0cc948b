import type { Page, PageEvent } from '../../sdk/index.ts'

/** A page that a test hides, shows, and takes off the network. */
export class FakePage implements Page {
  readonly #handlers = new Set<(event: PageEvent) => void>()
  #hidden: boolean

  constructor(hidden = false) {
    this.#hidden = hidden
  }

  hidden(): boolean {
    return this.#hidden
  }

  listen(handler: (event: PageEvent) => void): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }

  /** How many listen. */
  get listeners(): number {
    return this.#handlers.size
  }

  tell(event: PageEvent): void {
    if (event === 'hidden' || event === 'visible') this.#hidden = event === 'hidden'
    for (const handler of this.#handlers) handler(event)
  }
}
