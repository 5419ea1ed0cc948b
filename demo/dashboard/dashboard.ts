// A host page drives the elements by attributes and listens to their events; nothing else is needed.
import type { HkFilterChangeEvent, HkSite } from '@hk-live/components'

const site = document.querySelector<HkSite>('hk-site')
const range = document.querySelector<HTMLSelectElement>('.range select')
const chips = document.querySelector<HTMLUListElement>('.filters')
const traffic = document.querySelector<HTMLInputElement>('[data-traffic]')

range?.addEventListener('change', () => site?.setAttribute('range', range.value))

/** Shows the filters that a click on a row has set, each with a button that takes it away. */
function showFilters({ filters, names }: HkFilterChangeEvent): void {
  const buttons = filters.map((filter, index) => chip(filter, names[index] ?? filter))
  chips?.replaceChildren(
    ...buttons.map((button) => {
      const item = document.createElement('li')
      item.append(button)
      return item
    }),
  )
}

function chip(filter: string, name: string): HTMLButtonElement {
  const [dimension = ''] = filter.split(':')
  const words = `${dimension.slice(0, 1).toUpperCase()}${dimension.slice(1).replace(/_/g, ' ')} is ${name}`
  const button = document.createElement('button')
  button.textContent = `${words} ×`
  button.ariaLabel = `Remove the filter ${words}`
  button.addEventListener('click', () => {
    const index = [...(chips?.querySelectorAll('button') ?? [])].indexOf(button)
    site?.toggleFilter(filter)
    // The chip is gone: the next one has the focus, else what follows the chips.
    const rest = chips?.querySelectorAll('button') ?? []
    const next = rest[Math.min(index, rest.length - 1)] ?? range
    next?.focus()
  })
  return button
}

site?.addEventListener('hk-filter-change', showFilters)

const state = async (init?: RequestInit): Promise<{ on: boolean }> => (await fetch('/traffic', init)).json()
if (traffic !== null) {
  traffic.checked = (await state()).on
  traffic.addEventListener('change', () => void state({ method: 'POST', body: JSON.stringify({ on: traffic.checked }) }))
}
