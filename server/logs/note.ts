import type { PlainFields } from './json-fields.ts'

/** Fields for the importance of a message: an application writes one, a collector of lines does not. */
const levels = ['level', 'severity', 'lvl', 'loglevel', 'levelname']

/** A method, and a path as the next word: `custom GET /a 200`, `"GET https://…`, `method=GET path=/a`, `method: GET, path: /a`. */
const requestPattern =
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b["'\],;:]{0,3}\s{1,20}(?:[\w"']{1,40}=|["']?(?:path|ur[il]|target)["']?: ?)?["']?(?:\/|https?:)/

/**
 * Whether a record without a request is what a server or an application has to say beside its requests, in the same file.
 * A text that a collector wrapped is not a note, and neither is one with a request in it: these are lines of an unknown format.
 */
export function isNote(fields: PlainFields): boolean {
  const text = fields.get('msg') ?? (levels.some((name) => fields.has(name)) ? fields.get('message') : undefined)
  return text !== undefined && !requestPattern.test(text)
}
