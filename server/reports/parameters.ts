import { aiGroups, chatbotProperties, comparisons, dimensions, intervals, metrics, opportunityStatuses, type Question, ranges } from '@hk-live/sdk/protocol'
import type { Parameter } from '../openapi/index.ts'

/** What the description of a parameter says beside its name. */
type Described = Pick<Parameter, 'description' | 'schema' | 'example' | 'explode'>

const text = { type: 'string' }

/** A parameter that names one of some values. */
function oneOf(values: readonly string[], description: string, example: string): Described {
  return { description, schema: { type: 'string', enum: [...values] }, example }
}

/** Every parameter of a question, in the order in which they are read about. One that is not here is refused. */
const described: Readonly<Record<keyof Question | 'v', Described>> = {
  range: oneOf(ranges, 'A range by its name, default 30d; days and hours are those of the time zone of the site.', '7d'),
  from: {
    description: 'With `to`, in place of `range`: the first day, or an instant of RFC 3339.',
    schema: text,
    example: '2026-11-01',
  },
  to: {
    description: 'With `from`: the last day, which is included, or an instant, which is not.',
    schema: text,
    example: '2026-11-22',
  },
  interval: oneOf(intervals, 'Length of a bucket of series; default: hours up to two days, days up to half a year, then months.', 'day'),
  compare: oneOf(comparisons, 'Also the same length just before, or the same days a year ago, under the same filters.', 'previous'),
  filter: {
    description:
      'May stand several times: `dimension:value`, and `!dimension:value` excludes. `*` in a value is any text, `\\*` a ' +
      `star. Of one dimension any may hold, of different ones all must. Dimensions: ${dimensions.join(', ')}.`,
    schema: { type: 'array', items: text, maxItems: 20 },
    explode: true,
    example: ['country:DE', '!page:/intern*'],
  },
  metrics: {
    description: 'Of `timeseries`: which numbers, with commas between.',
    schema: { type: 'array', items: { type: 'string', enum: [...metrics] } },
    explode: false,
    example: ['visitors', 'bounce_rate'],
  },
  by: {
    description:
      `What a report that lists rows lists. Of \`breakdown\`: ${dimensions.join(', ')}; ` +
      `of \`ai_chatbots\`: ${chatbotProperties.join(', ')}; of \`ai_visibility\`: ${aiGroups.join(', ')}; ` +
      'of `web_vitals`: page, device, country, browser.',
    schema: text,
    example: 'page',
  },
  limit: {
    description: 'How many rows at most; of `visits` at most 50.',
    schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 10 },
    example: 20,
  },
  offset: {
    description: 'How many rows to leave out before.',
    schema: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    example: 0,
  },
  sort: {
    description: 'A number of the rows by which they fall; with `-` before it they rise.',
    schema: text,
    example: '-visitors',
  },
  search: { description: 'Only rows whose value has this text in it.', schema: text, example: 'blog' },
  funnel: { description: 'Of `funnels`: the id of the one that is asked for.', schema: text, example: 'p8w4c6t2zd' },
  currency: {
    description: 'Of `ecommerce`, `overview` and `timeseries`: a code of ISO 4217; revenue is in it, in place of the currency of the site.',
    schema: text,
    example: 'USD',
  },
  name: { description: 'Of `events`: the one to tell more of.', schema: text, example: 'signup' },
  property: { description: 'Of `events`, with `name`: the property whose values are listed.', schema: text, example: 'plan' },
  status: oneOf(opportunityStatuses, 'Of `opportunities`: those of one status; default: all that are not resolved.', 'saved'),
  v: {
    description: 'The version of an answer: with it, that of a range that is over may be kept for good by anyone.',
    schema: text,
    example: '7f3kq2.184',
  },
}

/** Names of the parameters of a question; `filter` may stand several times. */
export const questionParameters: readonly string[] = Object.keys(described)

/** The same, as the OpenAPI document has them. */
export const describedParameters: readonly Parameter[] = Object.entries(described).map(([name, one]) => ({
  name,
  in: 'query',
  ...one,
}))
