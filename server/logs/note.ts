import type { PlainFields } from './json-fields.ts'

/** Fields for the importance of a message: an application writes one, a collector of lines does not. */
const levels = ['level', 'severity', 'lvl', 'loglevel', 'levelname']

/** A method before a path: `custom GET /a 200`, `method=GET path=/a`. */
const requestPattern = /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b.{0,20}\//

/**
 * Whether a record without a request is what a server or an application has to say beside its requests, in the same file.
 * A text that a collector wrapped is none, nor one with a request in it: these are lines of a format that is not known.
 */
export function isNote(fields: PlainFields): boolean {
  const text = fields.get('msg') ?? (levels.some((name) => fields.has(name)) ? fields.get('message') : undefined)
  return text !== undefined && !requestPattern.test(text)
}
