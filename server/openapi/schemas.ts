import { errorCodes, intervals } from '@hk-live/sdk/protocol'

const text = { type: 'string' }
const time = { type: 'string', format: 'date-time' }
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
      compare: {
        type: 'object',
        required: ['range', 'data'],
        properties: { range, data: { type: 'object' } },
      },
    },
  },
}
