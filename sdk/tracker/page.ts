declare global {
  interface Document {
    /** Prerendering, W3C: loaded ahead, not shown yet. */
    prerendering?: boolean
  }
}

/**
 * Runs a function once the page is really shown: at once, or when a prerendered page is activated.
 * A page that was prerendered and never shown is not a view.
 */
export function whenShown(run: () => void, until: AddEventListenerOptions): void {
  if (document.prerendering) document.addEventListener('prerenderingchange', run, until)
  else run()
}

/**
 * Tells when the page comes back from the back-forward cache, and when it may be about to end: hidden is
 * the last state that browsers on phones report, `pagehide` the last one elsewhere.
 */
export function watchPage(back: () => void, leave: () => void, until: AddEventListenerOptions): void {
  addEventListener('pageshow', ({ persisted }: PageTransitionEvent) => persisted && back(), until)
  addEventListener('pagehide', leave, until)
  addEventListener('visibilitychange', () => document.hidden && leave(), until)
}
