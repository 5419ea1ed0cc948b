import { importSources } from '@hk-live/sdk/protocol'
import { answerOf, emptyAnswer, type Parameter, problemsOf } from '../openapi/index.ts'
import { sources } from './sources.ts'

const text = { type: 'string' as const }
const query = (name: string, description: string, schema: object, example: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
  example,
})

const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const example = {
  id: 'm4t9r2x7kc',
  source: 'plausible',
  label: 'Years before',
  state: 'running',
  first_day: '2024-01-01',
  last_day: '2024-06-30',
  rows: 48210,
  progress: { records: 52000, bytes: 2_100_000, size: 8_400_000 },
  left_out: { overlap: 31, malformed: 1 },
  days_given_up: 0,
  faults: ['imported_pages.csv, line 92: "visits" is "-3", which is no count from 0 up.'],
  error: null,
  created_at: '2026-11-02T09:30:00.000Z',
  finished_at: null,
}

const logExample = { ...example, source: 'log', label: 'access.log', left_out: {}, faults: [] }

const list = importSources.map((name) => `- \`${name}\`: ${sources[name].about}`).join('\n')

const visit = {
  idVisit: '812',
  visitorId: 'a1b2c3d4e5f60718',
  actionDetails: [{ type: 'action', url: 'https://shop.example.com/pricing', timestamp: 1_718_870_400 }],
  referrerUrl: 'https://duckduckgo.com/',
  countryCode: 'de',
  deviceType: 'Desktop',
  browserName: 'Firefox',
  operatingSystemName: 'GNU/Linux',
  languageCode: 'de-de',
}

/** What the routes of imports say of themselves. */
export const takeDetail = {
  summary: 'Import a file of another system',
  description:
    `The body is the file as it is: a table, a zip of tables, or either packed by gzip. It is checked, and imported while the ` +
    `answer says where to follow it.\n\n${list}\n\nDays from the first that the site has items of its own are left out ` +
    '(`overlap`), and so are days of another import (`taken`), and what a table says of a day that one before it has said ' +
    'by the same dimension (`repeated`). The same file again is the same import (200); one that was cut ' +
    'short goes on where it was.',
  parameters: [
    query('source', 'What wrote the file; told by the file where it is left out.', { ...text, enum: [...importSources] }, 'matomo'),
    query('label', 'What it is called in lists.', text, 'Years before'),
    query('name', 'Name of the file: reports of Matomo are told by it.', text, 'visits.json'),
    query('timezone', 'Of times that do not say theirs; default: UTC.', text, 'Europe/Berlin'),
    query('hash', 'SHA-256 of the file in hexadecimal: a file that arrives otherwise is refused.', text, hash),
  ],
  requestBody: {
    required: true,
    content: {
      'text/csv': { schema: text },
      'application/zip': { schema: { ...text, format: 'binary' } },
      'application/gzip': { schema: { ...text, format: 'binary' } },
      'application/x-ndjson': { schema: text },
      'application/json': { schema: { type: 'array' as const, items: { type: 'object' as const } }, example: [visit] },
    },
  },
  responses: { ...answerOf(200, { ...example, state: 'done' }), ...answerOf(202, example), ...problemsOf('rate_limited') },
}

export const beginLogDetail = {
  summary: 'Begin an import of access logs',
  description:
    'The items that a command reads from access logs are sent to `/api/sites/{id}/ingest` and `/api/sites/{id}/ingest/ai-fetch` ' +
    'with the id of this import as `import`, so that it can be undone. A token that may send items is enough.',
  requestBody: {
    required: true,
    content: { 'application/json': { schema: { type: 'object' as const, properties: { label: text } }, example: { label: 'access.log' } } },
  },
  responses: answerOf(201, logExample),
}

export const endLogDetail = {
  summary: 'End an import of access logs',
  description: 'All lines have been sent; `left_out` counts by reason those that were not. An import that brought nothing (`rows` is 0) is not listed, unless some of what was sent is stored later.',
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object' as const, properties: { left_out: { type: 'object' as const, additionalProperties: { type: 'integer' as const } } } },
        example: { left_out: { asset: 2120, bot: 31 } },
      },
    },
  },
  responses: answerOf(200, { ...logExample, state: 'done' }),
}

export const listDetail = {
  summary: 'The imports of a site',
  description: 'The newest first, also those that were undone.',
  parameters: [query('hash', 'Only that of a file, by its SHA-256 in hexadecimal, where it is not undone.', text, hash)],
  responses: answerOf(200, { imports: [example] }),
}

export const oneDetail = {
  summary: 'An import',
  description:
    'How far it is: `progress` counts records and bytes of the file, `rows` what was taken over, `left_out` what was not, by ' +
    'reason; `faults` are the first few records that could not be read; `days_given_up` are shown no more, as the site has items of its ' +
    'own on them since.',
  responses: answerOf(200, example),
}

export const undoDetail = {
  summary: 'Undo an import',
  description: 'All that it brought is gone, and its days may be imported again. Settings that came with a takeout stay.',
  responses: emptyAnswer(204, 'It is undone.'),
}
