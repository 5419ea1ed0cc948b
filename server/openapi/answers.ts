import type { ErrorCode } from '@hk-live/sdk/protocol'
import { statusOf } from '../problem.ts'

/** What an operation answers, by status, as the OpenAPI document has it. */
export type Answers = Record<string, { description: string; headers?: Record<string, object>; content?: Record<string, object> } | { $ref: string }>

const descriptions = { 200: 'As it is now.', 201: 'It is made.', 202: 'It is stored.' } as const

/** What a route answers in JSON, as an example in the OpenAPI document. */
export function answerOf(status: keyof typeof descriptions, example: object): Answers {
  return { [status]: { description: descriptions[status], content: { 'application/json': { example } } } }
}

/** An answer of another type. */
export function contentOf(type: string, description: string, example: string): Answers {
  return { 200: { description, content: { [type]: { schema: { type: 'string' }, example } } } }
}

/** An answer without a body. */
export function emptyAnswer(status: 204 | 304, description: string): Answers {
  return { [status]: { description } }
}

/** Errors that a route may answer beside those that its kind of route has, see `document.ts`. */
export function problemsOf(...codes: readonly ErrorCode[]): Answers {
  return Object.fromEntries(codes.map((code) => [statusOf(code), { $ref: `#/components/responses/${code}` }]))
}
