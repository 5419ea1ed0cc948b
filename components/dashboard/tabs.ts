/** Goes from tab to tab by the arrow keys, Home and End, in the direction in which the page reads. */
export function turnTabs(event: KeyboardEvent): void {
  const { currentTarget: list, target } = event
  if (!(list instanceof HTMLElement) || !(target instanceof HTMLElement)) return
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')]
  const step = list.matches(':dir(rtl)') ? -1 : 1
  const at = tabs.indexOf(target)
  const moves: Record<string, number> = {
    ArrowRight: at + step,
    ArrowLeft: at - step,
    Home: 0,
    End: tabs.length - 1,
  }
  const to = moves[event.key]
  if (to === undefined) return
  event.preventDefault()
  const tab = tabs.at(to % tabs.length)
  tab?.click()
  tab?.focus()
}
