/**
 * Tells when the address may have changed without a new document, and whether it was replaced, as by `replaceState`:
 * by the Navigation API where there is one, else by `popstate` and patched `pushState` and `replaceState`. The patches
 * stay when listening ends, as others may have patched on top of them; `changed` has to check that it is over.
 */
export function watchNavigation(changed: (replaced: boolean) => void, until: AddEventListenerOptions): void {
  // A page may have a variable of this name; and a document that has no entries is told of no changes.
  if (window.navigation?.currentEntry) {
    return window.navigation.addEventListener('currententrychange', ({ navigationType }) => changed(navigationType === 'replace'), until)
  }
  addEventListener('popstate', () => changed(false), until)
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    try {
      history[name] = (...args) => {
        original.apply(history, args)
        changed(name > 'q')
      }
    } catch {
      // They can't be patched: the page, or another script, has frozen them.
    }
  }
  // Also where somebody has taken the patches out again. Nothing says then how the address changed.
  const timer = setInterval(changed, 500, true)
  until.signal?.addEventListener('abort', () => clearInterval(timer))
}
