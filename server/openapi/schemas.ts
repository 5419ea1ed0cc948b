import { errorCodes, intervals } from '@hk-live/sdk/protocol'

const text = { type: 'string' }
const time = { type: 'string', format: 'date-time' }
const imported = { $ref: '#/components/schemas/Imported' }
const range = { $ref: '#/components/schemas/Range' }

/** Shapes that several operations answer. */
export const schemas = {
  Problem: {
    description: 'Problem details (RFC 9457).',
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { type: 'string', enum: [...errorCodes] },
      detail: { ...text, description: 'What happened and what to do next.' },
      parameter: { ...text, description: 'The parameter or field at fault.' },
    },
  },
  Range: {
    description: 'A resolved range: `from` included, `to` excluded.',
    type: 'object',
    required: ['from', 'to', 'interval', 'timezone'],
    properties: { from: time, to: time, interval: { type: 'string', enum: [...intervals] }, timezone: text },
  },
  Imported: {
    description:
      'Set where the range has days that were taken over from elsewhere: from which first to which last day, and whether ' +
      'the numbers have them. What they cannot answer leaves them out, and `reason` says why.',
    type: 'object',
    required: ['included', 'first_day', 'last_day', 'sources'],
    properties: {
      included: { type: 'boolean' },
      first_day: { type: 'string', format: 'date' },
      last_day: { type: 'string', format: 'date' },
      sources: { type: 'array', items: text },
      reason: text,
    },
  },
  Answer: {
    description: 'The answer of a report. `version` was read before the data, so the data may be newer, never older.',
    type: 'object',
    required: ['report', 'site_id', 'version', 'generated_at', 'range', 'data'],
    properties: {
      report: text,
      site_id: text,
      version: text,
      generated_at: time,
      range,
      data: { type: 'object', description: 'By report: see the examples.' },
      imported,
      compare: {
        type: 'object',
        required: ['range', 'data'],
        properties: { range, data: { type: 'object' }, imported },
      },
    },
  },
}
