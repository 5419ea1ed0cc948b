/** Marks in the table of contents which section is being read. */
export function markContents(): void {
  const links = new Map([...document.querySelectorAll<HTMLAnchorElement>('[data-contents] a')].map((link) => [link.hash.slice(1), link]))
  const sections = [...links.keys()].flatMap((id) => document.getElementById(id) ?? [])
  if (sections.length === 0) return
  const mark = () => {
    // The last one whose heading has passed the upper third of the window.
    const current = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3) ?? sections[0]
    for (const [id, link] of links) {
      if (id === current?.id) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }
  const observer = new IntersectionObserver(mark, { rootMargin: '0px 0px -66% 0px' })
  for (const section of sections) observer.observe(section)
}
