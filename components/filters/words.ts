/** What the filters say. */
export interface FilterWords {
  /** Name of the list. */
  filters: string
  /** Takes filter. */
  remove: string
  clear: string
  /** Before a value that is excluded. */
  not: string
}

/** In English. */
export const english: FilterWords = { filters: 'Filters', remove: 'Remove the filter {filter}', clear: 'Remove all', not: 'not' }
