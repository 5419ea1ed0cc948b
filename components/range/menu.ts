import { html, nothing } from 'lit'
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'

/** One of the things that a menu offers. */
export interface Option {
  readonly value: string
  readonly text: string
}

/** What a menu shows now. */
export interface MenuContent {
  /** What is chosen by it. */
  readonly name: string
  /** On the button: what is chosen, and before it what of, where that would not be clear. */
  readonly text: string
  readonly kind?: string | undefined
  readonly options: readonly Option[]
  readonly chosen: string | undefined
  readonly choose: (value: string) => void
  /** What stands below the options. */
  readonly more?: TemplateResult
}

/** Pixels between button and menu, and between the menu and the edge of the window. */
const gap = 6
/** Width of a menu in pixels; the style sheet says so as well. */
const width = 248

/**
 * A button and a list that it opens, in the top layer: nothing on the page moves. Arrow keys open it and go from
 * option to option, Home, End and first letters jump, Enter and Space choose, Escape leaves all as it is.
 */
export class Menu implements ReactiveController {
  #host: ReactiveControllerHost & HTMLElement
  #id: string
  #open = false

  constructor(host: ReactiveControllerHost & HTMLElement, id: string) {
    this.#host = host
    this.#id = id
    host.addController(this)
  }

  hostConnected(): void {}

  /** A popover that is taken out of the page closes without a word. */
  hostDisconnected(): void {
    this.#open = false
  }

  /** Closes it, with the focus on its button. */
  close(): void {
    this.#popover?.hidePopover()
    this.#button?.focus()
  }

  render({ name, text, kind, options, chosen, choose, more }: MenuContent): TemplateResult {
    const opening = (event: ToggleEvent) => event.newState === 'open' && this.#place()
    const toggled = ({ newState }: ToggleEvent) => this.#turn(newState === 'open')
    const stop = options.some(({ value }) => value === chosen) ? chosen : options[0]?.value
    const pick = (value: string) => {
      this.close()
      choose(value)
    }
    const option = ({ value, text }: Option) => html`<div
      class="option"
      part="row"
      role="option"
      tabindex=${value === stop ? 0 : -1}
      aria-selected=${value === chosen}
      data-value=${value}
      @click=${() => pick(value)}
    >
      ${text}
    </div>`
    const key = (event: KeyboardEvent) => this.#key(event, pick)
    return html`<button
        type="button"
        id="${this.#id}-button"
        class="button"
        part="value"
        aria-label="${name}: ${text}"
        aria-haspopup=${more ? 'dialog' : 'listbox'}
        aria-expanded=${this.#open}
        popovertarget=${this.#id}
        @keydown=${this.#arrow}
      >
        <span>${kind && html`<span class="kind">${kind}: </span>`}${text}</span>
        <svg viewBox="0 0 10 6" aria-hidden="true"><path d="M1 1l4 4 4-4" /></svg>
      </button>
      <div
        id=${this.#id}
        class="menu"
        popover
        role=${more ? 'dialog' : nothing}
        aria-label=${more ? name : nothing}
        @beforetoggle=${opening}
        @toggle=${toggled}
        @focusout=${this.#left}
        @keydown=${this.#escape}
      >
        <div role="listbox" aria-label=${name} @keydown=${key}>${options.map(option)}</div>
        ${more}
      </div>`
  }

  get #popover(): HTMLElement | null | undefined {
    return this.#host.shadowRoot?.getElementById(this.#id)
  }

  get #button(): HTMLElement | null | undefined {
    return this.#host.shadowRoot?.getElementById(`${this.#id}-button`)
  }

  get #options(): HTMLElement[] {
    return [...(this.#popover?.querySelectorAll<HTMLElement>('[role=option]') ?? [])]
  }

  /** Below the button, its ends at the ends of the button, all of it in the window, whose pixels the page may zoom. */
  #place(): void {
    const [button, popover] = [this.#button, this.#popover]
    if (!button || !popover) return
    const box = button.getBoundingClientRect()
    const zoom = button.currentCSSZoom ?? 1
    const { clientWidth, clientHeight } = document.documentElement
    const wanted = button.matches(':dir(rtl)') ? box.left : box.right - width * zoom
    const left = Math.max(gap, Math.min(wanted, clientWidth - width * zoom - gap))
    const top = box.bottom + gap
    const set = (name: string, visible: number) => popover.style.setProperty(name, `${visible / zoom}px`)
    set('--_left', left + scrollX)
    set('--_top', top + scrollY)
    set('--_most', Math.max(200, clientHeight - top - gap))
  }

  #turn(open: boolean): void {
    this.#open = open
    this.#host.requestUpdate()
    if (open) this.#options.find(({ tabIndex }) => tabIndex === 0)?.focus()
  }

  #arrow = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    this.#popover?.showPopover()
  }

  /** By itself the browser gives the focus back to what had it in the page's own tree: the element, not its button. */
  #escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.close()
  }

  /** The focus went on to what follows: the menu is no longer in its way. */
  #left = ({ relatedTarget }: FocusEvent): void => {
    const popover = this.#popover
    if (!(relatedTarget instanceof Node) || popover?.contains(relatedTarget)) return
    if (relatedTarget !== this.#button) popover?.hidePopover()
  }

  #key(event: KeyboardEvent, pick: (value: string) => void): void {
    const options = this.#options
    const at = options.findIndex((option) => option === event.target)
    const last = options.length - 1
    const value = options[at]?.dataset['value']
    const moves: Record<string, number> = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: last,
    }
    if ((event.key === 'Enter' || event.key === ' ') && value !== undefined) {
      event.preventDefault()
      return pick(value)
    }
    const to = moves[event.key] ?? this.#named(event, options, at)
    if (to === undefined) return
    event.preventDefault()
    options[to]?.focus()
  }

  /** The next option that begins with the letter of a key. */
  #named({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, options: readonly HTMLElement[], at: number): number | undefined {
    if ([...key].length !== 1 || ctrlKey || altKey || metaKey) return undefined
    const begins = (option: HTMLElement | undefined) =>
      option?.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()) ?? false
    const order = options.map((_, index) => (at + 1 + index) % options.length)
    return order.find((index) => begins(options[index]))
  }
}
