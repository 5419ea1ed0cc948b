import type { Interval, RangeName } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
import type { PropertyDeclarations } from 'lit'
import { input } from './inputs.ts'
import { Reactive } from './reactive.ts'
import { isProvider, merge, siteAround } from './scope.ts'
import type { Compared, Scope } from './scope.ts'

const between = new RegExp(`;|,(?=!?(?:${dimensions.join('|')}):)`)

/**
 * Reads `country:DE; page:/docs/*`. With commas it is the text of a list, which frameworks write where the element is
 * not defined yet.
 */
function readFilters(text: string | null): string[] | undefined {
  return text?.split(between).map((part) => part.trim()).filter(Boolean)
}

/** The base of all elements that say what is asked about, for themselves or for those inside. */
export abstract class Scoped extends Reactive {
  static override properties: PropertyDeclarations = {
    endpoint: {},
    site: {},
    share: {},
    password: { attribute: false },
    token: {},
    getToken: { attribute: false },
    range: {},
    from: {},
    to: {},
    interval: {},
    compare: {},
    filters: { converter: readFilters },
    theme: { reflect: true },
  }

  /** Origin and base path of the service; default: the one that the script came from. */
  declare endpoint: string | undefined
  /** Id of the site; not needed with `share`. */
  declare site: string | undefined
  /** Token of a share link. */
  declare share: string | undefined
  /** Password of the share link, where it has one. */
  declare password: string | undefined
  /** Token of an API client, for pages that only its owner sees. */
  declare token: string | undefined
  /** Fetches a short-lived token; asked again after a 401. */
  declare getToken: (() => string | Promise<string>) | undefined
  /** A range by name, such as `7d`; 30 days where nothing is said. */
  declare range: RangeName | undefined
  /** First day or instant, in place of `range`. */
  declare from: string | undefined
  /** Last day, or the instant at which the range ends. */
  declare to: string | undefined
  /** Length of a bucket of a series; default: what suits the range. */
  declare interval: Interval | undefined
  /** What to compare with: the same length just before, a year ago, or `none` whatever is said around. */
  declare compare: Compared | undefined
  /** Filters such as `country:DE`; as an attribute separated by `;`. They add to those around. */
  declare filters: string[] | undefined
  /** Forces a colour scheme. */
  declare theme: 'light' | 'dark' | undefined

  /** The `hk-site` around, upgraded or not. */
  protected around: Element | undefined
  #sheets: readonly CSSStyleSheet[] = []

  /** A site of another copy of this library has signals of its own, which are not followed from here. */
  #follow = () => this.requestUpdate()

  static override getPropertyDescriptor(
    ...[name, key, options]: Parameters<typeof Reactive.getPropertyDescriptor>
  ): PropertyDescriptor | undefined {
    const descriptor = super.getPropertyDescriptor(name, key, options)
    return descriptor && input(descriptor, options)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#find()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.around?.removeEventListener('hk-scope', this.#follow)
  }

  /** Called in place of disconnect and connect by `moveBefore()`, so that a move drops nothing. */
  connectedMoveCallback(): void {
    this.#find()
    this.requestUpdate()
  }

  /** Style sheets belong to a document: in that of a frame or of another window they are made anew. */
  adoptedCallback(): void {
    const view = this.ownerDocument.defaultView
    if (!view || !this.shadowRoot) return
    this.shadowRoot.adoptedStyleSheets = this.#sheets.map(({ cssRules }) => {
      const sheet = new view.CSSStyleSheet()
      sheet.replaceSync(Array.from(cssRules, ({ cssText }) => cssText).join(''))
      return sheet
    })
  }

  /** What is asked about, with what comes from around; `undefined` until the site around has read its own. */
  protected resolve(): Scope | undefined {
    if (!this.around) return merge(undefined, this.#own())
    const around = isProvider(this.around) ? this.around.scope.get() : undefined
    return around && merge(around, this.#own())
  }

  #own(): Scope {
    const { endpoint, site, share, password, token, getToken, range, from, to, interval, compare, filters } = this
    return { endpoint, site, share, password, token, getToken, range, from, to, interval, compare, filters }
  }

  #find(): void {
    this.around?.removeEventListener('hk-scope', this.#follow)
    this.around = siteAround(this)
    this.around?.addEventListener('hk-scope', this.#follow)
    if (this.around && !isProvider(this.around)) {
      void customElements.whenDefined('hk-site').then(() => this.requestUpdate())
    }
  }

  /** A server may have sent a shadow root with the page: its content is replaced, not added to. */
  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    this.shadowRoot?.replaceChildren()
    const root = super.createRenderRoot()
    this.#sheets = this.shadowRoot?.adoptedStyleSheets.slice() ?? []
    return root
  }
}
