import { dimensions, metrics, ranges } from '@hk-live/sdk/protocol'
import type { Parameter } from '../openapi/index.ts'
import { escape } from './page.ts'

/** Attributes that elements have in common; whom to ask, and as whom, is not among them. */
const common = ['label', 'range', 'from', 'to', 'interval', 'compare', 'filters', 'theme']

/** Elements that may stand in a frame by themselves, and their own attributes. */
const elements: Readonly<Record<string, readonly string[]>> = {
  kpi: ['metric', 'format', 'spark', 'variant'],
  chart: ['metric', 'type', 'height'],
  table: ['by', 'limit', 'search'],
  live: ['variant'],
  status: [],
  globe: ['view', 'limit'],
  feed: ['limit'],
  goals: ['limit', 'sort'],
  funnel: ['funnel', 'steps'],
  events: ['name', 'limit'],
  vitals: ['metrics', 'by'],
  ai: ['by', 'limit'],
  opportunities: ['status', 'limit'],
  dashboard: ['sections', 'live', 'toasts'],
}

/** Attributes that stand without a value. */
const flags: ReadonlySet<string> = new Set(['spark', 'search', 'toasts'])
const longest = 1_000

/** An element as HTML, with those attributes of an address that it has; `undefined` where there is no such element. */
export function elementOf(name: string, query: URLSearchParams): string | undefined {
  const tag = name.replace(/^hk-/, '')
  const own = Object.hasOwn(elements, tag) ? elements[tag] : undefined
  if (own === undefined) return undefined
  const attributes = [...own, ...common].flatMap((attribute) => {
    const value = query.get(attribute)
    if (value === null || value.length > longest) return []
    if (flags.has(attribute)) return /^(0|false|off)$/.test(value) ? [] : [attribute]
    return [`${attribute}="${escape(value)}"`]
  })
  return `<${[`hk-${tag}`, ...attributes].join(' ')}></hk-${tag}>`
}

const described = (name: string, description: string, example: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string' },
  example,
})

/** Attributes in the address of an element, as the OpenAPI document has them. */
export const elementParameters: readonly Parameter[] = [
  described('metric', `Of kpi and chart: ${metrics.join(', ')}; of chart several with commas between.`, 'visitors'),
  described('by', `Of table: ${dimensions.join(', ')}.`, 'page'),
  described('limit', 'Of table: how many rows.', '5'),
  described('height', 'Of chart: the height of the drawing in pixels.', '240'),
  described('range', `One of ${ranges.join(', ')}.`, '7d'),
  described('from', 'With `to`, in place of `range`: the first day.', '2026-11-01'),
  described('to', 'With `from`: the last day.', '2026-11-22'),
  described('compare', '`previous`, `year` or `none`.', 'previous'),
  described('filters', 'Filters with `;` between.', 'country:DE'),
  described('label', 'Title in place of the usual one.', 'Readers'),
]
