import { HkError } from '@hk-live/sdk/protocol'
import { t } from 'elysia'
import { normalizePattern, type Step } from '../store/index.ts'
import { checkText } from './settings.ts'

/** What a goal or a step of a funnel names, as a request states it. */
export interface StepInput {
  readonly type?: string | undefined
  readonly pattern?: string | undefined
  readonly conditions?: readonly { readonly property: string; readonly value: string }[] | undefined
}

/** Fields of a body that names a page or an event. */
export const stepFields = {
  type: t.String({ description: '"page" or "event"', examples: ['page'] }),
  pattern: t.String({
    description:
      'The path of a page or the name of an event; `*` stands for any text, `\\*` for a star. A path may be written in any ' +
      'spelling, and is kept in the one in which pages are kept and shown: `/caf%C3%A9//` is `/café/`, without query and ' +
      'host. Of `/a` and `/a/`, and of `/A` and `/a`, each is a page of its own. What no page can fit is refused.',
    examples: ['/thanks*'],
  }),
  conditions: t.Optional(
    t.Array(t.Object({ property: t.String(), value: t.String() }), {
      description: 'Properties that the event must have, each with a pattern of its value. All must hold.',
    }),
  ),
}

const mostConditions = 10

/**
 * Checks which items are named. A pattern of pages is brought into the form in which pages are kept.
 *
 * @param domain of the site
 * @param prefix of the names of fields, as `steps.2.`
 * @throws {HkError} `bad_request` that names the field
 */
export function checkStep({ type, pattern = '', conditions = [] }: StepInput, domain: string, prefix = ''): Step {
  if (type !== 'page' && type !== 'event') throw bad(`${prefix}type`, 'must be "page" or "event".')
  const text = checkText(`${prefix}pattern`, pattern, 1_024)
  if (type === 'page' && conditions.length > 0) {
    throw bad(`${prefix}conditions`, 'must be empty for a page: only events have properties.')
  }
  if (conditions.length > mostConditions) {
    throw bad(`${prefix}conditions`, `can have at most ${mostConditions} entries.`)
  }
  return {
    type,
    pattern: type === 'page' ? checkPath(`${prefix}pattern`, text, domain) : text,
    conditions: conditions.map(({ property, value }, index) => ({
      property: checkText(`${prefix}conditions.${index}.property`, property, 64),
      value: checkText(`${prefix}conditions.${index}.value`, value, 500),
    })),
  }
}

function checkPath(field: string, text: string, domain: string): string {
  const normal = normalizePattern(text, domain)
  if ('fault' in normal) throw bad(field, normal.fault)
  return normal.pattern
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', `"${parameter}" ${message}`, { parameter })
}
