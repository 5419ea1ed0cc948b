/** Has the navigation filter itself by what is typed into its field, which `/` leads to. */
export function filterNav(nav = document.querySelector<HTMLElement>('[data-nav]')): void {
  const field = nav?.querySelector<HTMLInputElement>('input[type="search"]')
  if (!nav || !field) return
  const links = [...nav.querySelectorAll<HTMLAnchorElement>('a')]
  const count = nav.querySelector('[data-count]')
  const found = () => links.filter(({ parentElement }) => !parentElement?.hidden)

  function filter(): void {
    if (!field) return
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const link of links) {
      const text = `${link.textContent} ${link.dataset.words ?? ''}`.toLowerCase()
      if (link.parentElement) link.parentElement.hidden = !words.every((word) => text.includes(word))
    }
    for (const group of nav?.querySelectorAll<HTMLElement>('[data-group]') ?? []) group.hidden = !group.querySelector('li:not([hidden])')
    const left = found().length
    if (count) count.textContent = words.length === 0 ? '' : left === 0 ? 'Nothing has that name.' : `${left} ${left === 1 ? 'page' : 'pages'}`
  }

  /** From the field down the links and back, as in a list. */
  function step(event: KeyboardEvent, by: 1 | -1): void {
    const stops: HTMLElement[] = field ? [field, ...found()] : found()
    const at = stops.findIndex((stop) => stop === document.activeElement)
    event.preventDefault()
    stops[Math.max(0, Math.min(stops.length - 1, at + by))]?.focus()
  }

  field.addEventListener('input', filter)
  nav.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') step(event, 1)
    if (event.key === 'ArrowUp') step(event, -1)
    if (event.key === 'Enter' && event.target === field) found()[0]?.click()
    if (event.key === 'Escape' && field.value !== '') {
      event.preventDefault()
      field.value = ''
      filter()
      field.focus()
    }
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    event.preventDefault()
    if (nav.hasAttribute('popover') && !nav.checkVisibility()) nav.showPopover()
    field.focus()
    field.select()
  })
  filter()
}

function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath()
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.localName))
}
