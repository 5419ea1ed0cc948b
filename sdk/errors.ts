import { errorCodes, HkError } from './protocol.ts'
import type { ErrorCode } from './protocol.ts'

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  413: 'too_large',
  429: 'rate_limited',
  500: 'internal',
}

/** Whether a value is an object with properties, as far as JSON goes. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Whether the credential is not accepted, or what it asks for is not there: asking again is in vain. */
export function isDenied({ code }: HkError): boolean {
  return /^(unauthorized|forbidden|not_found|gone)$/.test(code)
}

/** Whether the same request may succeed later. */
export function isTransient({ code }: HkError): boolean {
  return /^(network|timeout|protocol|rate_limited|unavailable|internal)$/.test(code)
}

/** Wraps whatever was thrown by a request. */
export function toError(cause: unknown): HkError {
  if (cause instanceof HkError) return cause
  return new HkError('network', 'The service could not be reached. Check the connection and the endpoint.', {
    cause,
  })
}

/** Milliseconds that `Retry-After` asks for, in seconds or as a date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | null, now: number): number | undefined {
  const text = header ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return ms > 0 ? ms : undefined
}

/** Reads the error of an answer that is not a success: problem details (RFC 9457) where it has them. */
export async function readError(response: Response, now: number): Promise<HkError> {
  const { status, headers } = response
  const problem: unknown = await response.json().catch(() => undefined)
  const { code, detail, parameter } = isRecord(problem) ? problem : {}
  const retryAfterMs = retryAfter(headers.get('retry-after'), now)
  return new HkError(
    errorCodes.find((known) => known === code) ??
      codes[status] ??
      (status < 500 ? 'bad_request' : 'unavailable'),
    typeof detail === 'string' ? detail : `The service answered with status ${status}.`,
    { ...(typeof parameter === 'string' && { parameter }), ...(retryAfterMs && { retryAfterMs }) },
  )
}
