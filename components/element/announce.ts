/** Milliseconds from one announcement of a page to the next. */
export const silenceMs = 30_000

let region: HTMLElement | undefined
let waiting: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Has a screen reader say a sentence when it has nothing else to say. There is one region for the whole page,
 * and it speaks at most each 30 seconds: of what comes meanwhile, the newest is said.
 */
export function announce(sentence: string): void {
  waiting = sentence
  if (timer === undefined) speak()
}

function speak(): void {
  timer = undefined
  if (waiting === undefined) return
  region ??= open()
  region.textContent = waiting
  waiting = undefined
  timer = setTimeout(speak, silenceMs)
}

function open(): HTMLElement {
  const made = document.createElement('div')
  made.role = 'status'
  made.className = 'hk-announcements'
  made.style.cssText = 'position:fixed;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap'
  document.body.append(made)
  return made
}
