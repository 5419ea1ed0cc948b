import { waitUntil } from '@open-wc/testing'
import { emulateMedia } from '@web/test-runner-commands'
import { textOf } from './page-text.ts'

export { textOf }

/** The next event of a type that an element fires. */
export function heard<T extends keyof HTMLElementEventMap>(
  element: HTMLElement,
  type: T,
): Promise<HTMLElementEventMap[T]> {
  return new Promise((resolve) => element.addEventListener(type, resolve, { once: true }))
}

/** Waits until an element paints a text. */
export async function paints(element: Element, text: string): Promise<void> {
  await waitUntil(
    () => textOf(element).includes(text),
    `<${element.localName}> should paint “${text}”, but paints “${textOf(element)}”`,
    { timeout: 3000 },
  )
}

/** Waits until an element is in a custom state, such as `error`. */
export async function reaches(element: Element, state: string): Promise<void> {
  const selector = `:state(${state})`
  await waitUntil(() => element.matches(selector), selector, { interval: 10, timeout: 3000 })
}

/** A part of an element; throws where there is none. */
export function part(element: Element, name: string): HTMLElement {
  return find(element, `[part~="${name}"]`)
}

/** An element in the shadow tree of another; throws where there is none. */
export function find(element: Element, selector: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`Nothing in <${element.localName}> matches ${selector}.`)
  return found
}

/** Runs a check in the light and in the dark scheme. */
export async function inBothSchemes(check: () => Promise<unknown>): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await emulateMedia({ colorScheme })
    await check()
  }
}

/** Waits for a time, in milliseconds. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The rows of a table or list. */
export function rows(element: Element): HTMLElement[] {
  return [...(element.shadowRoot?.querySelectorAll<HTMLElement>('tbody tr') ?? [])]
}
