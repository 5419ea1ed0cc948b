/** Whom the pages ask, and as whom. */
export const { endpoint, share } = document.body.dataset

/** Ranges to choose from. */
export const ranges = ['today', '7d', '30d']

/** The figures at first, in their order. */
export const figures = ['visitors', 'pageviews', 'bounce_rate', 'visit_duration']

const phones = 'device:mobile'

/** The same filters with that of phones, or without it. */
export function withPhones(filters: readonly string[], on: boolean): string[] {
  return [...filters.filter((filter) => filter !== phones), ...(on ? [phones] : [])]
}

/** Whether filters let only phones through. */
export function onlyPhones(filters: readonly string[]): boolean {
  return filters.includes(phones)
}

/** An event of an element in a line, such as `hk-range-change of hk-site: 7d`. */
export function line(event: Event): string {
  return `${event.type} of ${event.target instanceof Element ? event.target.localName : 'nothing'}: ${said(event)}`
}

function said(event: Event): string {
  const { range, filters, selection, value } = Object.fromEntries(
    ['range', 'filters', 'selection', 'value'].map((name) => [name, Reflect.get(event, name)]),
  )
  if (Array.isArray(filters)) return filters.join(' and ') || 'all'
  if (typeof selection === 'object') return selection.row?.value ?? selection.point?.at ?? selection.value
  return typeof value === 'object' ? 'new figures' : String(range ?? value ?? 'days')
}
