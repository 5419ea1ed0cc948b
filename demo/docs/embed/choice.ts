import type { ShareInfo } from '@hk-live/sdk/protocol'
import { commonFields, type Field, type Kind, kinds, ownFields, rangeText, readable } from './kinds.ts'

/** What was chosen in the builder. */
export interface Choice {
  /** An element without its `hk-`. */
  readonly element: string
  /** Which of the demo's links. */
  readonly link: 'usual' | 'full'
  /** What stands in the tag until it is defined, and without JavaScript. */
  readonly fallback: string
  /** Attributes as they were chosen; `''` where nothing is said. */
  readonly values: Readonly<Record<string, string>>
}

const first = 'chart'
/** Fields that say nothing to what tells of this moment. */
const ofRange: ReadonlySet<string> = new Set(['range', 'from', 'to', 'compare'])

/** Fields of an element: its own, then those of all. */
export function fieldsOf(element: string): readonly (readonly [name: string, field: Field])[] {
  const own = kindOf(element).fields.flatMap((name) => {
    const field = ownFields[name]
    return field ? [[name, field] as const] : []
  })
  const common = Object.entries(commonFields).filter(([name]) => !kindOf(element).now || !ofRange.has(name))
  return [...own, ...common]
}

/** What is known of an element. */
export function kindOf(element: string): Kind {
  const kind = kinds[element] ?? kinds[first]
  if (kind === undefined) throw new Error(`There is no element "${element}".`)
  return kind
}

/** Reads a choice from the address of the page; what will not do is as if it were not said. */
export function readChoice(query: URLSearchParams): Choice {
  const named = query.get('element') ?? first
  const element = Object.hasOwn(kinds, named) ? named : first
  const usual = query.has('from') || query.has('to') ? '' : '30d'
  const values = fieldsOf(element).map(([name, field]) => [name, read(field, query.get(name) ?? (name === 'range' ? usual : ''))])
  return {
    element,
    link: query.get('link') === 'full' ? 'full' : 'usual',
    fallback: query.get('fallback') ?? '',
    values: Object.fromEntries(values),
  }
}

function read({ type, options, standard = '' }: Field, value: string): string {
  const text = value.trim()
  if (type === 'choice') return options?.some(([known]) => known === text) ? text : standard
  if (type === 'number') return /^[1-9]\d{0,3}$/.test(text) ? text : ''
  if (type === 'date') return /^\d{4}-\d\d-\d\d$/.test(text) ? text : ''
  if (type === 'flag') return text === '' || text === '0' ? '' : '1'
  return text
}

/** Attributes that a choice comes to; `true` for those without a value. */
export function attributesOf({ element, values }: Choice): Map<string, string | true> {
  const attributes = new Map<string, string | true>()
  for (const [name, field] of fieldsOf(element)) {
    const value = values[name] ?? ''
    const days = name === 'from' || name === 'to'
    // What is asked is said in full, so that the snippet can be read.
    const said = value !== (field.standard ?? '') || name === 'metric' || name === 'by'
    if (value === '' || !said || (days && values.range !== '')) continue
    attributes.set(name, field.type === 'flag' ? true : value)
  }
  return attributes
}

/** Writes a choice for the address of the page. */
export function writeQuery(choice: Choice): string {
  const query = new URLSearchParams({ element: choice.element })
  if (choice.link === 'full') query.set('link', 'full')
  for (const [name, value] of attributesOf(choice)) query.set(name, value === true ? '1' : value)
  // Written also where it is empty, as the default of a first visit is another.
  if (choice.values.range === '') query.set('range', '')
  if (choice.fallback !== '') query.set('fallback', choice.fallback)
  return `?${query}`
}

/** What stands in the tag where nobody wrote anything else: what it will show, in words. */
export function fallbackOf({ element, fallback, values }: Choice): string {
  if (fallback !== '') return fallback
  if (values.label) return values.label
  if (element === 'kpi' && values.variant === 'inline') return 'many'
  if (element === 'live') return values.variant === 'inline' ? 'some' : 'Visitors now'
  if (element === 'status') return 'not live'
  const about = values.metric ?? values.by
  const title = about === undefined ? kindOf(element).title : element === 'table' ? `By ${readable(about).toLowerCase()}` : readable(about)
  return values.range ? `${title}: ${rangeText(values.range).toLowerCase()}` : title
}

/** What a share link does not allow of a choice, in sentences. */
export function warningsOf({ element, values }: Choice, { allows }: Pick<ShareInfo, 'allows'>): string[] {
  const denied = kindOf(element).needs.filter((report) => !allows.reports.includes(report))
  const half = values.range === '' && (values.from === '') !== (values.to === '')
  return [
    ...denied.map((report) => `This share link does not allow ${readable(report).toLowerCase()}: the element will say so in place of figures. Make a link that names the report.`),
    ...(allows.filters.length > 0 ? [`This share link shows only ${allows.filters.join(' and ')}.`] : []),
    ...(half ? ['Days of your own need both, the first and the last.'] : []),
  ]
}
