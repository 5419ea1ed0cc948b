import type { TestService } from '../support/service.ts'

/** Asks a test service with one token and shows whatever it answers, errors too. */
export function createClient(service: TestService, token: string) {
  const bearer = token === 'admin' ? 'admin-token-of-the-tests' : token
  const send = (method: string, path: string, body?: unknown) =>
    raw(path, body === undefined ? undefined : JSON.stringify(body), method)
  const raw = (path: string, body?: string, method = 'POST') =>
    service.fetch(path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
  return {
    raw,
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown) => send('POST', path, body),
  }
}

/** Status, code and parameter at fault of an answer that refuses. */
export async function refusal(response: Response): Promise<[status: number, code: unknown, parameter: unknown]> {
  const { code, parameter } = await response.json()
  return [response.status, code, parameter]
}
