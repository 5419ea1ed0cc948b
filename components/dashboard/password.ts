import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import type { DashboardWords } from './words.ts'

/**
 * Asks for the password of a share link. It goes to the service in a header, and stays in memory: neither the
 * page's address nor its history has it.
 *
 * @param wrong whether one was given that is not it
 */
export function askForPassword(words: DashboardWords, wrong: boolean, give: (password: string) => void): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (event.target instanceof HTMLFormElement) give(String(new FormData(event.target).get('password')))
  }
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
        aria-describedby=${wrong ? 'wrong' : nothing}
      />
    </label>
    ${wrong ? html`<p class="wrong" id="wrong" role="alert">${words.wrong}</p>` : nothing}
    <button type="submit">${words.open}</button>
  </form>`
}
