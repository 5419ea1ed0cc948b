import { state } from './signals.ts'
import { nearest } from './scope.ts'

const turn = state(0)
let observer: MutationObserver | undefined

/** Watches `lang` and `dir` in the whole document: what is rendered by them then renders again. */
function watch(): void {
  if (observer) return
  observer = new MutationObserver(() => turn.set(turn.get() + 1))
  observer.observe(document, { subtree: true, attributes: true, attributeFilter: ['lang', 'dir'] })
}

/**
 * The language of an element: of the closest `lang`, else of the browser; `de_DE.UTF-8`, as servers name it, is `de-DE`.
 * Tracked as a signal.
 */
export function languageOf(element: Element): string {
  watch()
  turn.get()
  const tag = nearest(element, '[lang]:not([lang=""])')?.getAttribute('lang')?.trim()
  return (tag || navigator.language || 'en').replace(/[.@].*/, '').replaceAll('_', '-')
}

/** Whether an element reads from right to left. Tracked as a signal. */
export function rightToLeft(element: Element): boolean {
  watch()
  turn.get()
  return element.matches(':dir(rtl)')
}
