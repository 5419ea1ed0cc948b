/**
 * The description of the HTTP API: what routes say of themselves, and the document that is made of it.
 *
 * @module
 */
export { answerOf, type Answers, contentOf, emptyAnswer, problemsOf } from './answers.ts'
export { describeApi } from './document.ts'
export type { Parameter } from './parameters.ts'
