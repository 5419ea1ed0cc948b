import { type Answers, type Parameter, problemsOf } from '../openapi/index.ts'
import { describedParameters } from '../reports/index.ts'
import { formats, mostRows } from './question.ts'

const limit: Parameter = {
  name: 'limit',
  in: 'query',
  description: `How many of what the report lists at most; default: all, up to ${mostRows}.`,
  schema: { type: 'integer', minimum: 1, maximum: mostRows, default: mostRows },
  example: 5_000,
}

const own: readonly Parameter[] = [
  {
    name: 'format',
    in: 'query',
    required: true,
    description: 'What kind of file.',
    schema: { type: 'string', enum: [...formats] },
    example: 'csv',
  },
  {
    name: 'bom',
    in: 'query',
    description: 'Whether CSV begins with a byte order mark, without which Excel does not read UTF-8.',
    schema: { type: 'string', enum: ['0', '1'], default: '1' },
    example: '0',
  },
]

const file = (example: unknown) => ({ schema: { type: 'string' }, example })

const answers: Answers = {
  200: {
    description: 'The file. Its name is that of the site, the report and the days.',
    headers: { 'Content-Disposition': { description: 'The name of the file.', schema: { type: 'string' } } },
    content: {
      'text/csv': file('"value","visitors"\r\n"/pricing",310\r\n'),
      'application/json': {
        schema: { type: 'object' },
        example: { report: 'breakdown', version: '7f3kq2.184', rows: [{ value: '/pricing', visitors: 310 }] },
      },
      'application/x-ndjson': file('{"value":"/pricing","visitors":310}\n'),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
        schema: { type: 'string', format: 'binary' },
      },
      'application/vnd.apache.parquet': { schema: { type: 'string', format: 'binary' } },
    },
  },
}

/** What the routes of exports say of themselves. */
export const detail = {
  tags: ['exports'],
  description:
    'A report as a table: a point, a value, a metric or a step is a row. All rows are of one moment, and are written as ' +
    'they are read; what cannot be written to its end is cut off, never ended. A comparison stands beside in columns ' +
    '`compare_…`, or, where a report lists values, below, with a column `period`. In `csv` and `xlsx` times are those of ' +
    "the site's time zone, and a text that a spreadsheet would run as a formula has an apostrophe before it; in `json` " +
    'and `ndjson` values are as the report answers them. Rates are fractions, which a workbook shows in percent. ' +
    '`parquet` has columns with types: amounts are decimals, times instants in UTC, and days dates; what the answer says ' +
    'beside its data is metadata of the file, as `hk-live`; it is written whole before it is sent.',
  parameters: [...own, ...describedParameters.map((one) => (one.name === 'limit' ? limit : one))],
  responses: { ...answers, ...problemsOf('rate_limited', 'timeout') },
}
