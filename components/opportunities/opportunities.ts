import { HkError } from '@hk-live/sdk'
import type { Opportunity, OpportunityStatus, Question } from '@hk-live/sdk'
import { opportunityStatuses } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { choice } from '../element/choices.ts'
import { choices } from '../element/choices.css.ts'
import { HkChangeEvent, HkErrorEvent } from '../element/events.ts'
import { percent } from '../element/format.ts'
import { date } from '../element/intl.ts'
import { flag } from '../element/inputs.ts'
import { HkList } from '../element/list.ts'
import { sentence } from '../element/problem.ts'
import { Report } from '../element/report.ts'
import { unknown } from '../element/scope.ts'
import { fill } from '../element/words.ts'
import { figure, findingsOf, labelOf, tell } from './findings.ts'
import { styles } from './opportunities.css.ts'
import { english } from './words.ts'

/** What a reader can say of a finding; that it is resolved, only the detectors. */
const settable = opportunityStatuses.filter((status) => status !== 'resolved')

/**
 * What the site could do better: findings, the weightiest first, with what to do. A finding opens to what it is
 * judged by, how sure it is, and what would make it go away. What became of it is shown; with `manage` and a token that may
 * change the site, it is set there, too. Findings are of the site's last weeks, so range and filters around do not touch them.
 *
 * @summary Findings, their evidence, and what to do.
 * @slot - What stands there until the findings are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart table - The findings.
 * @csspart row - One finding.
 * @csspart value - Its impact.
 * @csspart status - What became of it.
 * @csspart note - Since when the findings are old.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the wash over a changed figure.
 * @cssprop --hk-text - Colour of titles and figures; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-line - Colour of the lines between findings.
 * @cssprop --hk-radius - Radius of what has the pointer over it.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed figure stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A figure moved just now.
 * @cssstate stale - The last refresh failed; the findings before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There are no findings.
 * @event {HkChangeEvent} hk-change - A finding moved in a quiet refresh. `changed` names their ids.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkOpportunities extends HkList {
  static override properties: PropertyDeclarations = {
    status: {},
    manage: { type: Boolean, converter: flag },
  }
  static override styles: CSSResultGroup = [HkList.styles, choices, styles]

  /** Those of one status: `new saved done dismissed resolved`; default: all but the resolved. */
  declare status: OpportunityStatus | undefined
  /** Lets a reader say what becomes of a finding; the token has to be one that may change the site. */
  declare manage: boolean

  #found = new Report(this, 'opportunities', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  /** Ids of the findings that are open: these stay so wherever they move, and no other in their place. */
  #open = new Set<string>()
  /** Why the last change was not made, and of which finding. */
  #refused: { id: string; error: HkError } | undefined

  constructor() {
    super()
    this.manage = false
  }

  protected override get main(): Report<'opportunities'> {
    return this.#found
  }

  protected override get usual(): number {
    return 5
  }

  protected override get heading(): string {
    return this.label || this.said('opportunities', english).title
  }

  protected override get generated(): string | undefined {
    return this.#found.answer?.generated_at
  }

  protected override get total(): number {
    return this.#found.answer?.data.total ?? 0
  }

  protected override get asked(): Question {
    return this.status ? { status: this.status } : {}
  }

  protected override check(): string | undefined {
    return unknown('status', this.status, opportunityStatuses) ?? super.check()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#found.answer?.data.rows.length === 0)
  }

  protected override content(): TemplateResult {
    const words = this.said('opportunities', english)
    const { rows = [], last_run = null } = this.#found.answer?.data ?? {}
    if (rows.length === 0) return this.blank(last_run === null ? words.early : words.none)
    return html`<ul part="table" role="list" aria-label=${this.heading}>
      ${rows.map((row) => this.#finding(row))}
    </ul>`
  }

  #finding(row: Opportunity): TemplateResult {
    const { language } = this
    const words = this.said('opportunities', english)
    const told = tell(row, findingsOf(language), this.words.unknown)
    const mark = this.changed.has(row.id) ? 'changed' : ''
    const away = row.status === 'new' || row.status === 'saved' ? '' : 'away'
    const tongue = told.native ? nothing : 'en'
    return html`<li part="row" class=${away}>
      <details ?open=${this.#open.has(row.id)} @toggle=${(event: Event) => this.#toggled(row.id, event)}>
        <summary>
          <span class="what">
            <span class="name" title=${told.title}>${told.title}</span>
            <span class="line">
              ${row.status === 'new' ? nothing : html`<span class="status" part="status">${words.statuses[row.status]}</span>`}
              <span class="action" lang=${tongue}>${told.action}</span>
            </span>
          </span>
          <span class="impact">
            <span class="value ${mark}" part="value">${percent(language, row.impact, 0)}</span>
            <span class="unit">${words.impact}</span>
          </span>
          <svg viewBox="0 0 12 8" aria-hidden="true"><path d="M2 2l4 4 4-4" /></svg>
        </summary>
        ${this.#evidence(row)}
      </details>
    </li>`
  }

  #toggled(id: string, { target }: Event): void {
    if (target instanceof HTMLDetailsElement && target.open) this.#open.add(id)
    else this.#open.delete(id)
    this.requestUpdate()
  }

  /** Asks for another status; what is shown follows when the service says that it has changed. */
  async #set(id: string, status: OpportunityStatus): Promise<void> {
    this.#refused = undefined
    const init = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ status }) }
    try {
      await this.client?.request(`/opportunities/${encodeURIComponent(id)}`, init)
    } catch (error) {
      if (!(error instanceof HkError)) throw error
      this.#refused = { id, error }
      this.requestUpdate()
      this.dispatchEvent(new HkErrorEvent(error))
    }
  }

  #statuses({ id, status }: Opportunity): TemplateResult | typeof nothing {
    if (!this.manage) return nothing
    const { title, statuses } = this.said('opportunities', english)
    const why = this.#refused?.id === id ? sentence(this.words, this.#refused.error) : ''
    return html`<div class="choices" role="group" aria-label=${title}>
      ${settable.map((one) => choice(statuses[one], one === status, () => void this.#set(id, one)))}
      <span role="status">${why}</span>
    </div>`
  }

  #evidence(row: Opportunity): TemplateResult {
    const { evidence, confidence, until, first_seen, last_seen } = row
    const { language } = this
    const words = this.said('opportunities', english)
    const findings = findingsOf(language)
    const day = (at: string) =>
      date(language, new Date(at), { day: 'numeric', month: 'short', timeZone: 'UTC' })
    const rows = evidence.map(({ label, value }) => [labelOf(label, findings), figure(language, label, value)])
    const goes = fill(words.until[until.is], {
      figure: labelOf(until.figure, findings),
      value: figure(language, until.figure, until.value),
      target: figure(language, until.figure, until.target),
    })
    return html`<div class="evidence">
      <dl>
        ${[...rows, [words.confidence, percent(language, confidence, 0)]].map(
          ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
        )}
      </dl>
      <p>${goes} ${fill(words.seen, { first: day(first_seen), last: day(last_seen) })}</p>
      ${this.#statuses(row)}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-opportunities': HkOpportunities
  }
}
