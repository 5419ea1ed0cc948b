import { type ErrorCode, HkError, type Problem } from '@hk-live/sdk/protocol'

const statuses: Readonly<Record<ErrorCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
  network: 502,
  timeout: 504,
  protocol: 400,
  closed: 503,
}

const titles: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'The request is not understood',
  unauthorized: 'A valid token is needed',
  forbidden: 'This token does not allow that',
  not_found: 'Not found',
  conflict: 'Conflict with what is there',
  gone: 'No longer there',
  too_large: 'The request is too large',
  rate_limited: 'Too many requests',
  unavailable: 'Not available right now',
  internal: 'Something went wrong here',
  network: 'An upstream did not answer',
  timeout: 'An upstream took too long',
  protocol: 'The request is not understood',
  closed: 'Not available right now',
}

/** The HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  return statuses[code]
}

/** An error as problem details. */
export function problemOf(code: ErrorCode, detail: string, parameter?: string): Problem {
  const problem = { type: 'about:blank', title: titles[code], status: statuses[code], code, detail }
  return parameter === undefined ? problem : { ...problem, parameter }
}

/** Writes an error as `application/problem+json` (RFC 9457). */
export function problemResponse(error: HkError): Response {
  const problem = problemOf(error.code, error.message, error.parameter)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer')
  if (error.retryAfterMs !== undefined)
    headers.set('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
