import { HkError } from '@hk-live/sdk/protocol'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads the JSON body of a request, of any content type, up to a number of bytes.
 *
 * @throws {HkError} `too_large` past the limit, `bad_request` where it is not JSON in UTF-8
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const tooLarge = () =>
    new HkError('too_large', `The body is over ${maxBytes / 1024} KiB. Send fewer items at once.`)
  const announced = Number(request.headers.get('content-length') ?? Number.NaN)
  if (announced > maxBytes) throw tooLarge()
  // The server holds a body to the length that was announced; only one of unknown length is counted.
  const bytes = announced <= maxBytes ? await request.bytes() : await readUpTo(request, maxBytes, tooLarge)
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (error) {
    throw new HkError('bad_request', 'The body is not JSON in UTF-8.', { cause: error })
  }
}

async function readUpTo(request: Request, maxBytes: number, tooLarge: () => HkError): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
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
