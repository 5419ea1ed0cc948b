import type { ReportName } from '@hk-live/sdk/protocol'
import { type Answers, emptyAnswer, problemsOf } from '../openapi/index.ts'
import { describedParameters } from './parameters.ts'
import { registry, reportNames } from './registry.ts'

const range = { from: '2026-11-15T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z', interval: 'day', timezone: 'Europe/Berlin' }

/** What each report answers, in a line each. */
export const reportList = reportNames.map((name) => `- \`${name}\`: ${registry[name].about}`).join('\n')

/** What the routes of reports say of themselves. */
export const detail = {
  tags: ['reports'],
  description:
    `Reports:\n\n${reportList}\n\nAn answer has an \`ETag\`; asked with it in \`If-None-Match\`, one that has not changed ` +
    'is 304. A parameter that nobody knows is 400, and so is one that the report does not read or that does not fit it.',
  parameters: [...describedParameters],
  responses: { ...answers(), ...emptyAnswer(304, 'It has not changed.'), ...problemsOf('rate_limited', 'timeout') },
}

function answers(): Answers {
  const schema = { $ref: '#/components/schemas/Answer' }
  const examples = Object.fromEntries(reportNames.map((name) => [name, { value: exampleOf(name) }]))
  return { 200: { description: 'The answer of the report.', content: { 'application/json': { schema, examples } } } }
}

function exampleOf(name: ReportName) {
  const { example: data } = registry[name]
  return { report: name, site_id: 'x7k2m9qf4a', version: '7f3kq2.184', generated_at: '2026-11-22T09:30:00.000Z', range, data }
}
