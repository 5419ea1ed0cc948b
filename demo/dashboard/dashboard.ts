// A host page drives the elements by attributes and listens to their events; nothing else is needed.
import type { HkFilterChangeEvent, HkSite } from '@hk-live/components'

const site = document.querySelector<HkSite>('hk-site')
const range = document.querySelector<HTMLSelectElement>('.range select')
const chips = document.querySelector<HTMLUListElement>('.filters')
const traffic = document.querySelector<HTMLInputElement>('[data-traffic]')

range?.addEventListener('change', () => site?.setAttribute('range', range.value))

/** Shows the filters that a click on a row has set, each with a button that takes it away. */
function showFilters(filters: readonly string[]): void {
  chips?.replaceChildren(
    ...filters.map((filter) => {
      const [dimension = '', ...value] = filter.split(':')
      const button = document.createElement('button')
      button.textContent = `${dimension.replace(/_/g, ' ')} is ${value.join(':') || 'unknown'} ×`
      button.ariaLabel = `Remove the filter ${button.textContent.slice(0, -2)}`
      button.addEventListener('click', () => site?.toggleFilter(filter))
      const item = document.createElement('li')
      item.append(button)
      return item
    }),
  )
}

site?.addEventListener('hk-filter-change', (event) => showFilters((event as HkFilterChangeEvent).filters))

const state = async (init?: RequestInit): Promise<{ on: boolean }> => (await fetch('/traffic', init)).json()
if (traffic !== null) {
  traffic.checked = (await state()).on
  traffic.addEventListener('change', () => void state({ method: 'POST', body: JSON.stringify({ on: traffic.checked }) }))
}
