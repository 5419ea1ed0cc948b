import type { HkError } from '@hk-live/sdk'
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import type { Words } from './words.ts'

/** What an error means to a reader, in a sentence. A fault in the question is told in the service's words. */
export function sentence(words: Words, error: HkError): string {
  switch (error.code) {
    case 'bad_request':
    case 'conflict':
    case 'too_large':
      return error.message
    case 'unauthorized':
    case 'forbidden':
    case 'not_found':
    case 'gone':
      return words.errors.denied
    case 'rate_limited':
    case 'unavailable':
      return words.errors.busy
    case 'network':
    case 'timeout':
      return words.errors.network
    case 'internal':
    case 'protocol':
    case 'closed':
      return words.errors.failed
  }
}

/** An error in the place of what it keeps from being shown, with a button where trying again may help. */
export function problem(words: Words, error: HkError, retry: (() => void) | undefined): TemplateResult {
  const text = sentence(words, error)
  return html`<p class="problem" part="error">
    <span dir="auto" title=${text}>${text}</span>
    ${retry && html`<button type="button" @click=${retry}>${words.retry}</button>`}
  </p>`
}
