import { HkError } from '@hk-live/sdk'
import type { Client, Dimension, Metric, SiteInfo } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { flag } from '../element/inputs.ts'
import type { Phase } from '../element/report.ts'
import { fill } from '../element/words.ts'
import { unknown } from '../element/scope.ts'
import { styles } from './dashboard.css.ts'
import { Lock } from './lock.ts'
import { load, loadAll } from './parts.ts'
import { askForPassword } from './password.ts'
import { figures, readSections, sections, visible } from './sections.ts'
import type { Extra, List } from './sections.ts'
import { turnTabs } from './tabs.ts'
import { english } from './words.ts'
import type { DashboardWords } from './words.ts'

/** Errors that mean that the credential gives no access. */
const denials: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not_found', 'gone'])

/**
 * A whole dashboard: name and status of the site, filters, comparison and range, key figures (one of which the
 * chart shows), visitors now, and lists. It shows what its credential may see, and fits itself to the room that it
 * has, from 320 px on. Where a share link has a password, it asks for it.
 *
 * @summary A whole dashboard, by one tag.
 * @slot - What stands there until the site is known, and without JavaScript.
 * @csspart label - The name of the site.
 * @csspart card - The cards.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of data.
 * @cssprop --hk-text - Colour of the text; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-surface - Colour of cards.
 * @cssprop --hk-line - Colour of hairlines.
 * @cssprop --hk-up - Colour of what got better.
 * @cssprop --hk-down - Colour of what got worse.
 * @cssprop --hk-radius - Radius of fields; that of the cards is twice as much.
 * @cssprop --hk-gap - Gap between the cards.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssstate loading - The site is awaited.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkDashboard extends HkElement {
  static override properties: PropertyDeclarations = { sections: {}, live: {}, toasts: { type: Boolean, converter: flag }, sync: {} }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** Which sections, in which order, as `kpis, chart, pages`; all where nothing is said. */
  declare sections: string | undefined
  /** `off` leaves out what tells of this moment. */
  declare live: 'on' | 'off' | undefined
  /** Tells of new visits as they come, where that can be shown. */
  declare toasts: boolean
  /** `url` keeps range, comparison and filters in the page's address. */
  declare sync: 'url' | undefined

  #site: SiteInfo | undefined
  #failure: HkError | undefined
  #asked: Client | undefined
  #lock = new Lock(this)
  /** The last password that a reader gave; `undefined` where the page's own is tried. */
  #given: string | undefined
  #metric: Metric = figures[0]
  /** The chosen tab of each list. */
  #tabs = new Map<string, Dimension>()
  #extras = new Map<string, HTMLElement>()

  constructor() {
    super()
    this.toasts = false
  }

  protected override get main() {
    const failed = this.#failure && (denials.has(this.#failure.code) ? 'denied' : 'error')
    const phase: Phase = failed ?? (this.#site ? 'ready' : 'loading')
    return { phase, error: this.#failure, refresh: () => this.#ask(this.client) }
  }

  protected override check(): string | undefined {
    const wrong = readSections(this.sections).find((name) => !Object.hasOwn(sections, name))
    return (
      unknown('sections', wrong, Object.keys(sections)) ??
      unknown('live', this.live, ['on', 'off']) ??
      unknown('sync', this.sync, ['url'])
    )
  }

  get #words(): DashboardWords {
    return this.said('dashboard', english)
  }

  async #ask(client: Client | undefined): Promise<void> {
    if (!client) return
    this.#asked = client
    this.#failure = undefined
    this.requestUpdate()
    try {
      const [site] = await Promise.all([client.site(), loadAll()])
      if (this.#asked === client) this.#open(site)
    } catch (error) {
      if (this.#asked === client) this.#fail(error instanceof HkError ? error : new HkError('network', String(error)))
    }
    this.requestUpdate()
  }

  #open(site: SiteInfo | undefined): void {
    this.#site = site
    this.#lock.open()
  }

  #fail(error: HkError): void {
    this.#failure = error
    this.#lock.fail(error, this.scope, () => {
      const typed = this.renderRoot.querySelector('input')?.value || undefined
      // Who types another one is not done yet: trying the old one could make the wait longer.
      if (typed === this.#given) this.#give(typed ?? this.password)
    })
  }

  #give(password: string | undefined): void {
    if (password !== this.password) this.password = password
    else if (this.#failure?.code === 'rate_limited') void this.#ask(this.client)
  }

  #form(): TemplateResult {
    return askForPassword({
      words: this.#words,
      language: this.language,
      wrong: this.#failure?.code === 'unauthorized' && this.password !== undefined,
      waitSeconds: this.#lock.waitSeconds,
      give: (password) => {
        this.#lock.give()
        this.#given = password
        if (!this.#lock.waitSeconds) this.#give(password)
      },
    })
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('share') || changed.has('site') || changed.has('endpoint')) this.#open(undefined)
    if (this.client && this.client !== this.#asked) void this.#ask(this.client)
  }

  protected override render(): TemplateResult {
    if (this.#lock.closed) return this.#form()
    const problem = this.problem()
    if (problem || !this.#site) return problem ?? html`<slot></slot>`
    const shown = visible(readSections(this.sections), this.#site, this.live !== 'off')
    const beside = shown.includes('now') && (shown.includes('kpis') || shown.includes('chart'))
    return html`<hk-site
      .endpoint=${this.endpoint}
      .site=${this.site}
      .share=${this.share}
      .password=${this.password}
      .token=${this.token}
      .getToken=${this.getToken}
      .range=${this.range}
      .from=${this.from}
      .to=${this.to}
      .interval=${this.interval}
      .compare=${this.compare ?? (this.scope.compare ? undefined : 'previous')}
      .filters=${this.filters}
    >
      ${this.#head(this.#site)}
      <div class=${beside ? 'grid beside' : 'grid'}>${shown.map((name) => this.#section(name))}</div>
      ${this.#toasts(this.#site)}
    </hk-site>`
  }

  #head({ name, domain }: SiteInfo): TemplateResult {
    const sync = this.sync ?? nothing
    return html`<header>
      <h2 part="label">${this.label || domain || name}</h2>
      ${this.live === 'off' ? nothing : html`<hk-status></hk-status>`}
      <hk-filters sync=${sync}></hk-filters>
      <hk-range sync=${sync}></hk-range>
    </header>`
  }

  #section(name: string): TemplateResult | undefined {
    const { list, extra } = sections[name] ?? {}
    if (list) return this.#list(name, list)
    if (extra) return this.#extra(extra)
    if (name === 'kpis') return this.#figures()
    return name === 'chart' ? this.#chart() : this.#now()
  }

  #figures(): TemplateResult {
    const figure = (metric: Metric) => {
      const name = fill(this.#words.show, { metric: this.words.metrics[metric] })
      const choose = () => {
        this.#metric = metric
        this.requestUpdate()
      }
      return html`<div class="figure">
        <hk-kpi metric=${metric} spark></hk-kpi>
        <button type="button" aria-label=${name} aria-pressed=${metric === this.#metric} @click=${choose}></button>
      </div>`
    }
    return html`<section class="card wide figures" part="card" aria-label=${this.#words.figures}>
      ${figures.map(figure)}
    </section>`
  }

  #chart(): TemplateResult {
    return html`<section class="card wide" part="card">
      <hk-chart brush metric=${figures.join()} shown=${this.#metric} height="365"></hk-chart>
    </section>`
  }

  /** Visitors now, and where they are. */
  #now(): TemplateResult {
    load('hk-globe')
    return html`<section class="card now" part="card"><hk-live></hk-live><hk-globe></hk-globe></section>`
  }

  #list(name: string, { tabs, rows }: List): TemplateResult {
    const title = this.words.dimensions[tabs[0]]
    const chosen = this.#tabs.get(name) ?? tabs[0]
    const choose = (by: Dimension) => {
      this.#tabs.set(name, by)
      this.requestUpdate()
    }
    const tab = (by: Dimension) => {
      const text = this.#words.tabs[by] ?? by
      return html`<button
        type="button"
        id="${name}-${by}"
        role="tab"
        tabindex=${by === chosen ? 0 : -1}
        aria-selected=${by === chosen}
        data-text=${text}
        @click=${() => choose(by)}
      >
        ${text}
      </button>`
    }
    const table = (by: Dimension) => html`<hk-table
      class="list"
      by=${by}
      limit=${rows}
      role=${tabs.length > 1 ? 'tabpanel' : nothing}
      aria-labelledby=${tabs.length > 1 ? `${name}-${by}` : nothing}
      ?hidden=${by !== chosen}
    ></hk-table>`
    return html`<section class="card" part="card">
      <div class="head">
        <h3 title=${title}>${title}</h3>
        ${tabs.length > 1
          ? html`<div class="tabs" role="tablist" aria-label=${title} @keydown=${turnTabs}>${tabs.map(tab)}</div>`
          : nothing}
      </div>
      ${tabs.map(table)}
    </section>`
  }

  #extra({ tag, span, rows }: Extra): TemplateResult {
    load(tag)
    return html`<section class=${span === 6 ? 'card extra half' : 'card extra wide'} part="card">
      ${this.#made(tag, rows)}
    </section>`
  }

  /** The element of a section, made once: a template cannot name an element by a variable. */
  #made(tag: string, rows: number | undefined): HTMLElement {
    const known = this.#extras.get(tag)
    if (known) return known
    const made = document.createElement(tag)
    if (rows !== undefined) made.setAttribute('limit', String(rows))
    this.#extras.set(tag, made)
    return made
  }

  #toasts({ allows }: SiteInfo): TemplateResult | undefined {
    if (!this.toasts || this.live === 'off' || !(allows?.visits ?? true)) return undefined
    load('hk-toasts')
    return html`<hk-toasts></hk-toasts>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-dashboard': HkDashboard
  }
}
