import { readHex } from '../theme/contrast.ts'
import { checkContrast, chosen, cssOf, pair, presets, readHash, type Theme, tokens, valueOf, verdict, writeHash } from '../theme/theme.ts'
import { showSample } from './sample.ts'

const schemes = ['light', 'dark'] as const

/** Makes the theme builder of the page work, where there is one. */
export function buildTheme(builder = document.querySelector<HTMLElement>('[data-theme-builder]')): void {
  const form = builder?.querySelector('form')
  if (!builder || !form) return
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets.push(sheet)

  function show(theme: Theme): void {
    if (!builder || !form) return
    fill(form, theme)
    for (const name of Object.keys(tokens)) for (const scheme of schemes) judge(builder, theme, name, scheme)
    const failed = builder.querySelectorAll('[data-check].fails').length
    say(builder, failed === 0 ? '' : `${failed} ${failed === 1 ? 'colour has' : 'colours have'} too little contrast to the surface for AA; see beside ${failed === 1 ? 'it' : 'them'}.`)
    // The rule on the page is the one that is written below it, but for whom it holds.
    sheet.replaceSync(cssOf(theme, '[data-preview]'))
    showSample(builder.querySelector('.source code'), cssOf(theme, ':root'))
    for (const button of builder.querySelectorAll<HTMLElement>('[data-preset]')) {
      const same = writeHash(chosen(presets[button.dataset.preset ?? ''] ?? {})) === writeHash(theme)
      button.setAttribute('aria-pressed', String(same))
    }
  }

  function choose(theme: Theme): void {
    history.replaceState(null, '', writeHash(theme) || location.pathname)
    show(theme)
  }

  form.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.dataset.hex !== undefined) {
      const hex = readHex(target.value)
      const well = form.elements.namedItem(target.dataset.hex)
      target.setAttribute('aria-invalid', String(hex === undefined))
      if (hex === undefined || !(well instanceof HTMLInputElement)) return
      well.value = hex
    }
    choose(read(form))
  })
  form.addEventListener('change', () => show(read(form)))
  form.addEventListener('submit', (event) => event.preventDefault())
  builder.addEventListener('click', ({ target }) => {
    const name = target instanceof HTMLElement ? target.dataset.preset : undefined
    if (name !== undefined) choose(chosen(presets[name] ?? {}))
  })
  addEventListener('hashchange', () => show(readHash(location.hash)))
  show(readHash(location.hash))
}

function read(form: HTMLFormElement): Theme {
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '')
  const values = Object.entries(tokens).map(([name, { kind }]) => [name, kind === 'colour' ? `${text(`${name}-light`)} ${text(`${name}-dark`)}` : text(name)])
  return chosen(Object.fromEntries(values))
}

function fill(form: HTMLFormElement, theme: Theme): void {
  for (const [name, token] of Object.entries(tokens)) {
    const value = valueOf(theme, name)
    if (token.kind !== 'colour') {
      set(form.elements.namedItem(name), value)
      const output = form.querySelector(`[data-amount="${name}"]`)
      if (output && token.kind === 'amount') output.textContent = `${value} ${token.unit}`
      continue
    }
    for (const [side, scheme] of schemes.entries()) {
      const hex = pair(value)[side] ?? ''
      set(form.elements.namedItem(`${name}-${scheme}`), hex)
      const field = form.querySelector<HTMLInputElement>(`[data-hex="${name}-${scheme}"]`)
      // While somebody types, the field is theirs.
      if (field && field !== document.activeElement) set(field, hex)
    }
  }
}

function set(field: Element | RadioNodeList | null, value: string): void {
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value
}

function judge(builder: HTMLElement, theme: Theme, name: string, scheme: 'light' | 'dark'): void {
  const output = builder.querySelector(`[data-check="${name}-${scheme}"]`)
  const check = checkContrast(theme, name, scheme)
  if (!output || !check) return
  output.textContent = verdict(check)
  output.classList.toggle('fails', !check.passes)
}

function say(builder: HTMLElement, text: string): void {
  const place = builder.querySelector('[data-contrast]')
  if (place && place.textContent !== text) place.textContent = text
}
