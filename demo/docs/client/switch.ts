const schemes = ['auto', 'light', 'dark'] as const

/** Has the buttons of the colour scheme work, and keeps what was chosen for the next page. */
export function switchScheme(): void {
  const root = document.documentElement
  const group = document.querySelector('[data-schemes]')
  const show = () => {
    for (const button of group?.querySelectorAll<HTMLElement>('button') ?? []) {
      button.setAttribute('aria-pressed', String(button.dataset.scheme === (root.dataset.scheme ?? 'auto')))
    }
  }
  group?.addEventListener('click', ({ target }) => {
    const scheme = schemes.find((name) => target instanceof HTMLElement && name === target.dataset.scheme)
    if (scheme === undefined) return
    root.dataset.scheme = scheme
    try {
      localStorage.setItem('scheme', scheme)
    } catch {
      // It holds for this page at least.
    }
    show()
  })
  show()
}
