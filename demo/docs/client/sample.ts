import { colour } from '../colour.ts'

/** Writes another text into a sample of the page, coloured as it is on the server. */
export function showSample(code: Element | null | undefined, sample: string): void {
  if (!code || code.textContent === sample) return
  const pieces = colour(sample).map(({ kind, text }) => {
    if (kind === '') return text
    const span = document.createElement('span')
    span.className = kind
    span.textContent = text
    return span
  })
  code.replaceChildren(...pieces)
}
