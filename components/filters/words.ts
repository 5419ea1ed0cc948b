import type { Phrases } from '../element/phrases.ts'

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

export const filterWords: Phrases<FilterWords> = {
  en: { filters: 'Filters', remove: 'Remove the filter {filter}', clear: 'Remove all', not: 'not' },
  de: { filters: 'Filter', remove: 'Filter {filter} entfernen', clear: 'Alle entfernen', not: 'nicht' },
  fr: { filters: 'Filtres', remove: 'Retirer le filtre {filter}', clear: 'Tout retirer', not: 'sauf' },
  es: { filters: 'Filtros', remove: 'Quitar el filtro {filter}', clear: 'Quitar todos', not: 'no' },
  ja: { filters: 'フィルター', remove: 'フィルター「{filter}」を外す', clear: 'すべて外す', not: '除外' },
  ar: { filters: 'عوامل التصفية', remove: 'إزالة عامل التصفية {filter}', clear: 'إزالة الكل', not: 'ليس' },
}
