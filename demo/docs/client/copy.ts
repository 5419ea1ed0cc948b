const shownMs = 1_500

/** Has buttons with `data-copy` copy the sample beside them, and say so for a moment. */
export function copyOnClick(root: Document = document): void {
  root.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>('[data-copy]') : null
    if (button !== null) void copy(button)
  })
}

/** Rejects where a page may not write: there is no clipboard but in secure contexts. */
async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const sample = button.parentElement?.querySelector('code')
  const said = await write(sample?.textContent ?? '').then(
    () => 'Copied',
    () => 'Press Ctrl+C',
  )
  // What could not be copied is selected at least.
  if (said !== 'Copied' && sample) getSelection()?.selectAllChildren(sample)
  button.textContent = said
  const status = document.querySelector('[data-said]')
  if (status !== null) status.textContent = said
  setTimeout(() => {
    button.textContent = 'Copy'
    if (status !== null) status.textContent = ''
  }, shownMs)
}
