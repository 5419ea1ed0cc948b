import { HkError } from '@hk-live/sdk'
import type { Client, Dimension } from '@hk-live/sdk'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { clients } from './clients.ts'
import type { Credential, Lease } from './clients.ts'
import { HkErrorEvent, HkSelectEvent } from './events.ts'
import type { Selection } from './events.ts'
import { date } from './intl.ts'
import { languageOf } from './locale.ts'
import { filterOf } from './name.ts'
import { phrasesOf } from './phrases.ts'
import type { PhraseBook } from './phrases.ts'
import { problem } from './problem.ts'
import type { Phase } from './report.ts'
import type { BarRow } from './rows.ts'
import { credential, flaw, isProvider } from './scope.ts'
import type { Scope } from './scope.ts'
import { Scoped } from './scoped.ts'
import { Seen } from './seen.ts'
import { derived, untracked } from './signals.ts'
import type { Readable } from './signals.ts'
import { theme } from './theme.css.ts'
import { fill, wordsOf } from './words.ts'
import type { Words } from './words.ts'

/** Milliseconds for which `:state(changed)` stands. */
export const changedMs = 1200

const phases: readonly Phase[] = ['loading', 'refreshing', 'stale', 'error', 'denied']

/** The report that an element's states speak of; see `Report`. */
interface Main {
  readonly phase: Phase
  readonly error: HkError | undefined
  refresh(): Promise<void>
}

/**
 * The base of the elements that show something: finds what to ask about, holds a client while in view, keeps
 * the states that all share, and fires `hk-error`. A subclass adds its reports and `render`.
 */
export abstract class HkElement extends Scoped {
  static override properties: PropertyDeclarations = { label: {} }
  static override styles: CSSResultGroup = theme

  /** Title in place of the usual one. */
  declare label: string | undefined

  /** What is asked about, with what comes from around; read anew before each rendering. */
  protected scope: Scope = {}
  /** Names that moved in the last quiet refresh, for as long as they are marked. */
  protected changed: ReadonlySet<string> = new Set()
  #internals = this.attachInternals()
  #seen = new Seen(this)
  #lease: Lease | undefined
  #key = ''
  #offline: Readable<boolean> | undefined
  #fault: HkError | undefined
  #told: HkError | undefined
  #unmark: ReturnType<typeof setTimeout> | undefined

  /** The client to ask; `undefined` while out of view, not connected, or at fault. */
  get client(): Client | undefined {
    return this.#lease?.client
  }

  /** Asks again, and shows that it loads. */
  async refresh(): Promise<void> {
    await this.main?.refresh()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#hold(undefined)
      clearTimeout(this.#unmark)
      this.changed = new Set()
    })
  }

  protected abstract get main(): Main | undefined

  /** What is wrong with the attributes of this element, in a sentence for the author of the page. */
  protected check(): string | undefined {
    return undefined
  }

  /** Whether it has a client out of view as well. */
  protected get always(): boolean {
    return false
  }

  protected get language(): string {
    return languageOf(this)
  }

  protected get words(): Words {
    return wordsOf(this.language)
  }

  /** What only this kind of element says, in the language around it; see `phrases.ts`. */
  protected said<K extends keyof PhraseBook>(kind: K, english: PhraseBook[K]): PhraseBook[K] {
    return phrasesOf(this.language, kind, english)
  }

  protected get phase(): Phase {
    return this.#fault ? 'error' : (this.main?.phase ?? 'idle')
  }

  /** Whether what is shown, if anything, belongs to a question that is still open. */
  protected get busy(): boolean {
    return this.phase === 'loading' || this.phase === 'idle'
  }

  /** Sets or clears a custom state, for `:state(…)` in a page's styles. */
  protected toggle(name: string, on: boolean): void {
    if (on) this.#internals.states.add(name)
    else this.#internals.states.delete(name)
  }

  /** Marks values that moved, for a while. */
  protected mark(changed: ReadonlySet<string>): void {
    this.changed = changed
    clearTimeout(this.#unmark)
    this.#unmark = setTimeout(() => {
      this.changed = new Set()
      this.requestUpdate()
    }, changedMs)
    this.requestUpdate()
    void this.updateComplete.then(() => this.#wash())
  }

  /** The error in place of what cannot be shown; `undefined` where there is none. */
  protected problem(): TemplateResult | undefined {
    const error = this.#error
    if (!error) return undefined
    return problem(this.words, error, this.#fault ? undefined : () => void this.refresh())
  }

  /** The sentence of the error, where nothing more has room. */
  protected get excuse(): string | undefined {
    return this.#error?.message
  }

  /** Since when stale figures have not been refreshed. */
  protected since(generated: string | undefined): TemplateResult | undefined {
    if (this.phase !== 'stale' || !generated) return undefined
    const { words, language } = this
    const time = date(language, new Date(generated), { hour: 'numeric', minute: '2-digit' })
    return html`<span class="note" part="note" title=${fill(words.stale, { time })}
      >${fill(words.since, { time })}</span
    >`
  }

  /** What makes a value one that filters the site around, if there is one; a page can keep it from that. */
  protected filtering(by: Dimension, value: string, selection: Selection): Pick<BarRow, 'choose' | 'pressed'> {
    const site = this.around
    if (!isProvider(site)) return {}
    const filter = filterOf(by, value)
    return {
      pressed: this.scope.filters?.includes(filter) ?? false,
      choose: () => {
        if (this.dispatchEvent(new HkSelectEvent(selection))) site.toggleFilter(filter)
      },
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const scope = this.resolve()
    this.scope = scope ?? {}
    const message = scope && (this.check() ?? flaw(scope))
    if (message !== this.#fault?.message) {
      this.#fault = message ? new HkError('bad_request', message) : undefined
    }
    const wanted = scope && !this.#fault && (this.#seen.value || this.always) && this.isConnected
    untracked(() => this.#hold(wanted ? credential(scope) : undefined))
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const phase = this.phase
    for (const name of phases) this.toggle(name, name === phase)
    this.toggle('changed', this.changed.size > 0)
    this.toggle('offline', this.#offline?.get() ?? false)
    const error = this.#fault ?? this.main?.error
    if (error !== this.#told) {
      this.#told = error
      if (error) untracked(() => this.dispatchEvent(new HkErrorEvent(error)))
    }
  }

  get #error(): HkError | undefined {
    const { phase } = this
    return this.#fault ?? (phase === 'error' || phase === 'denied' ? this.main?.error : undefined)
  }

  #hold(wanted: Credential | undefined): void {
    const key = wanted ? clients.key(wanted) : ''
    if (key === this.#key && (this.#lease !== undefined) === (wanted !== undefined)) return
    const before = this.#lease
    this.#key = key
    this.#lease = wanted && clients.acquire(wanted)
    const client = this.#lease?.client
    this.#offline = client && derived(() => client.status.get().state === 'offline')
    before?.release()
  }

  /** Starts the wash anew where it runs already. */
  #wash(): void {
    for (const element of this.renderRoot.querySelectorAll('.changed')) {
      for (const animation of element.getAnimations()) animation.currentTime = 0
    }
  }
}
