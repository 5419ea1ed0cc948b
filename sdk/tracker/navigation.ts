/**
 * Tells when the address may have changed without a new document: by the Navigation API where there is one,
 * else by `popstate` and patched `pushState` and `replaceState`. The patches stay when listening ends, as
 * others may have patched on top of them; `changed` has to know by itself that it is over.
 */
export function watchNavigation(changed: () => void, until: AddEventListenerOptions): void {
  if (window.navigation) return window.navigation.addEventListener('currententrychange', changed, until)
  addEventListener('popstate', changed, until)
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    history[name] = (...args) => {
      original.apply(history, args)
      changed()
    }
  }
}
