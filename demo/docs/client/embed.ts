import type { HkErrorEvent } from '@hk-live/components'
import type { ShareInfo } from '@hk-live/sdk/protocol'
import { attributesOf, type Choice, fallbackOf, fieldsOf, kindOf, readChoice, warningsOf, writeQuery } from '../embed/choice.ts'
import { frameAddress, frameSnippet, scriptSnippet, type Source, tagSnippet } from '../embed/snippets.ts'
import { showSample } from './sample.ts'

/** Makes the embed builder of the page work, where there is one. */
export function buildEmbed(builder = document.querySelector<HTMLElement>('[data-embed-builder]')): void {
  const form = builder?.querySelector('form')
  const stage = builder?.querySelector<HTMLElement>('[data-stage]')
  if (!builder || !form || !stage) return
  const { service = '', usual = '', full = '' } = builder.dataset
  const allowed = new Map<string, Promise<ShareInfo | undefined>>()
  let as: 'tag' | 'frame' = 'tag'
  let shown = ''
  /** What the link does not allow, and what the element says of its attributes. */
  let denied: readonly string[] = []
  let fault: string | undefined

  function warn(): void {
    const lines = [...denied, ...(fault === undefined ? [] : [fault])].map((sentence) => {
      const line = document.createElement('p')
      line.textContent = sentence
      return line
    })
    builder?.querySelector('[data-warnings]')?.replaceChildren(...lines)
  }

  /** What a link allows, asked once. */
  function allows(share: string): Promise<ShareInfo | undefined> {
    const asked = allowed.get(share) ?? fetch(`${service}/api/share/${share}`).then((response) => (response.ok ? response.json() : undefined), () => undefined)
    allowed.set(share, asked)
    return asked
  }

  async function show(choice: Choice): Promise<void> {
    if (!builder || !form || !stage) return
    const source: Source = { service, share: choice.link === 'full' ? full : usual }
    const code = (name: string) => builder.querySelector(`[data-snippet="${name}"] code`)
    showSample(code('script'), scriptSnippet(source))
    showSample(code('tag'), tagSnippet(choice, source))
    showSample(code('frame'), frameSnippet(choice, source))
    const key = as + tagSnippet(choice, source)
    if (key !== shown) {
      fault = undefined
      stage.dataset.ground = choice.values.theme ?? ''
      stage.replaceChildren(as === 'tag' ? tagOf(choice, source) : frameOf(choice, source))
    }
    shown = key
    const info = await allows(source.share)
    if (key !== shown) return
    denied = info ? warningsOf(choice, info) : []
    warn()
  }

  /** A field that another element has is not there, and is not sent. */
  function fit(element: string): void {
    const used = new Set(fieldsOf(element).map(([name]) => name))
    for (const field of form?.querySelectorAll<HTMLElement>('[data-field]') ?? []) {
      field.hidden = !used.has(field.dataset.field ?? '')
      const input = field.querySelector<HTMLInputElement | HTMLSelectElement>('input, select')
      if (input) input.disabled = field.hidden
    }
    const days = form?.elements.namedItem('range')
    for (const name of ['from', 'to']) {
      const field = form?.querySelector<HTMLElement>(`[data-field="${name}"]`)
      if (field && used.has(name)) field.hidden = days instanceof HTMLSelectElement && days.value !== ''
    }
  }

  const read = () => {
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') query.append(name, value)
    return readChoice(query)
  }
  let pause: ReturnType<typeof setTimeout> | undefined
  form.addEventListener('input', () => {
    const element = form.elements.namedItem('element')
    if (element instanceof HTMLSelectElement) fit(element.value)
    const choice = read()
    history.replaceState(null, '', writeQuery(choice))
    clearTimeout(pause)
    // While somebody types, the preview waits for them to be done.
    pause = setTimeout(() => void show(choice), 250)
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  for (const button of builder.querySelectorAll<HTMLElement>('[data-preview-as]')) {
    button.addEventListener('click', () => {
      as = button.dataset.previewAs === 'frame' ? 'frame' : 'tag'
      for (const other of builder.querySelectorAll('[data-preview-as]')) other.setAttribute('aria-pressed', String(other === button))
      void show(read())
    })
  }
  // What is wrong with attributes is known to the element.
  stage.addEventListener('hk-error', ({ error }: HkErrorEvent) => {
    if (error.code !== 'bad_request') return
    fault = error.message
    warn()
  })
  addEventListener('message', ({ origin, source, data }) => {
    const frame = stage.querySelector('iframe')
    if (origin === service && frame && source === frame.contentWindow && data.type === 'hk-height') frame.height = String(data.height)
  })
  fit(readChoice(new URLSearchParams(location.search)).element)
  void show(read())
}

function tagOf(choice: Choice, { share }: Source): HTMLElement {
  const element = document.createElement(`hk-${choice.element}`)
  element.setAttribute('share', share)
  for (const [name, value] of attributesOf(choice)) element.setAttribute(name, value === true ? '' : value)
  if (choice.values.lang === 'ar') element.dir = 'rtl'
  element.textContent = fallbackOf(choice)
  return element
}

function frameOf(choice: Choice, source: Source): HTMLElement {
  const frame = document.createElement('iframe')
  frame.src = frameAddress(choice, source)
  frame.title = fallbackOf(choice)
  frame.height = String(kindOf(choice.element).height)
  return frame
}
