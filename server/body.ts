import { HkError } from '@hk-live/sdk/protocol'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** How deep lists and objects of a body may be nested: what walks or prints a value recurses that deep. */
export const maxNesting = 32

/**
 * Reads the JSON body of a request, of any content type, up to a number of bytes.
 *
 * @throws {HkError} `too_large` past the limit; `bad_request` where it is not JSON in UTF-8, is nested too deep, or
 *   ends early because the client has gone
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const tooLarge = () =>
    new HkError('too_large', `The body is over ${maxBytes / 1024} KiB. Send fewer items at once.`)
  const announced = Number(request.headers.get('content-length') ?? Number.NaN)
  if (announced > maxBytes) throw tooLarge()
  // The server holds a body to the length that was announced; only one of unknown length is counted.
  const bytes = await (announced <= maxBytes ? request.bytes() : readUpTo(request, maxBytes, tooLarge)).catch(endedEarly)
  if (isNestedDeeper(bytes, maxNesting)) {
    throw new HkError('bad_request', `The body is nested over ${maxNesting} levels deep, which is the maximum.`)
  }
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    throw new HkError('bad_request', 'The body is not JSON in UTF-8.')
  }
}

/**
 * The bytes of a body as they arrive.
 *
 * @throws {HkError} `bad_request` where it ends early
 */
export async function* chunksOf(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? []
  } catch (error) {
    endedEarly(error)
  }
}

/** A body that breaks off is the client's doing, not an error of ours. */
function endedEarly(error: unknown): never {
  if (error instanceof HkError) throw error
  throw new HkError('bad_request', 'The body ended before all of it had arrived. Send it again.')
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Whether lists and objects of a JSON text in UTF-8 are nested deeper than a number of levels. One pass that keeps
 * nothing but a count, so that it is safe to ask before anything parses the text.
 */
export function isNestedDeeper(json: Uint8Array, levels: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < json.length; index++) {
    const byte = json[index]
    if (inString) {
      if (byte === backslash) index++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openList || byte === openObject) {
      if (++depth > levels) return true
    } else if (byte === closeList || byte === closeObject) depth--
  }
  return false
}

async function readUpTo(request: Request, maxBytes: number, tooLarge: () => HkError): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(request.body)) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return concat(chunks, size)
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
