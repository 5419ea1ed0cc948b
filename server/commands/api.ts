import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCodes, HkError } from '@hk-live/sdk/protocol'
import type { CommandConfig } from '../config.ts'

/** A command that cannot be done; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Asks the service. Answers are JSON; an error of the service is an {@link HkError}. */
export interface Api {
  readonly url: string
  /** Folder of what is kept on this machine. */
  readonly dataDir: string
  ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>
  /** The bytes at a path, as they come. */
  read(path: string): Promise<AsyncIterable<Uint8Array>>
  /** Sends bytes as they come. */
  upload<T>(path: string, body: AsyncIterable<Uint8Array>): Promise<T>
}

/**
 * An API with the token that was given, or that a service on this machine left beside its data.
 *
 * @throws {CommandError} where there is no token
 */
export async function openApi({ url, token, dataDir }: CommandConfig): Promise<Api> {
  const local = async () => (await readFile(join(dataDir, 'admin-token'), 'utf8').catch(() => '')).trim()
  const bearer = token ?? (await local())
  if (bearer === '') {
    throw new CommandError(
      'No token: give one by --token or HK_TOKEN. A service on this machine leaves its own in HK_DATA_DIR.',
    )
  }
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  async function send(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${url}${path}`, init).catch((cause: unknown) => {
      throw new HkError('network', `Nothing answers at ${url}. Start the service, or name another by --url.`, { cause })
    })
    if (!response.ok) throw errorOf(response, await response.text())
    return response
  }

  async function answerOf(response: Response) {
    const text = await response.text()
    if (text === '' && response.status === 204) return undefined
    if (!response.headers.get('content-type')?.includes('json')) {
      throw new HkError('protocol', `What answers at ${url} is not hk-live. Name another by --url.`)
    }
    return JSON.parse(text)
  }

  return {
    url,
    dataDir,
    async read(path) {
      const { body } = await send(path, { headers })
      if (body === null) throw new HkError('protocol', `What answers at ${url} is not hk-live. Name another by --url.`)
      return body
    },
    async ask(method, path, body) {
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      return answerOf(await send(path, init))
    },
    async upload(path, body) {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/octet-stream' }, duplex: 'half' }
      return answerOf(await send(path, { ...init, body: streamOf(body) }))
    },
  }
}

function errorOf(response: Response, text: string): HkError {
  const { code, detail } = /^\{.*"code":/s.test(text) ? Object(JSON.parse(text)) : {}
  const known =
    errorCodes.find((one) => one === code) ?? (response.status >= 500 ? 'unavailable' : 'protocol')
  const wait = Number(response.headers.get('retry-after') ?? 0) * 1000
  const message = typeof detail === 'string' ? detail : `The service answered ${response.status}.`
  return new HkError(known, message, wait > 0 ? { retryAfterMs: wait } : {})
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
