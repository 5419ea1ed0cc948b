import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { number } from '../element/intl.ts'
import { fill } from '../element/words.ts'
import type { DashboardWords } from './words.ts'

/** What a form for a password says, and does. */
export interface PasswordForm {
  readonly words: DashboardWords
  readonly language: string
  /** Whether one was given that is not it. */
  readonly wrong: boolean
  /** Seconds until the next may be tried, as too many were. */
  readonly waitSeconds: number
  readonly give: (password: string) => void
}

/**
 * Asks for the password of a share link. It goes to the service in a header, and stays in memory: neither the
 * page's address nor its history has it. What was typed stays while it is looked at, and where it has to wait; what is
 * given in a wait is tried at its end.
 */
export function askForPassword({ words, language, wrong, waitSeconds, give }: PasswordForm): TemplateResult {
  const waits = waitSeconds > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (event.target instanceof HTMLFormElement) give(String(new FormData(event.target).get('password')))
  }
  const fault = waits ? words.tooMany : wrong ? words.wrong : undefined
  return html`<form @submit=${submit}>
    <p>${words.locked}</p>
    <label>
      ${words.password}
      <input
        type="password"
        name="password"
        required
        autocomplete="current-password"
        aria-invalid=${wrong}
        aria-describedby=${fault ? 'wrong' : nothing}
      />
    </label>
    ${fault ? html`<p class="wrong" id="wrong" role="alert">${fault}</p>` : nothing}
    ${waits ? html`<p role="timer">${fill(words.wait, { time: waitOf(language, waitSeconds) })}</p>` : nothing}
    <button type="submit">${words.open}</button>
  </form>`
}

/** A wait in whole minutes, or in seconds where it is shorter than two. */
function waitOf(language: string, seconds: number): string {
  const [amount, unit] = seconds < 120 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return number(language, amount, { style: 'unit', unit, unitDisplay: 'long' })
}
