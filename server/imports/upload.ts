import { createHash } from 'node:crypto'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HkError } from '@hk-live/sdk/protocol'
import { chunksOf } from '../body.ts'

/** A file that was sent, on disk for as long as it is worked on. */
export interface Upload extends AsyncDisposable {
  readonly handle: FileHandle
  readonly size: number
  /** SHA-256, in hexadecimal. */
  readonly hash: string
}

/**
 * Takes the body of a request to disk as it comes, in a temporary file without a name: nothing is left of it when the
 * process ends, however that ends.
 *
 * @param most bytes at most
 * @throws {HkError} `too_large`; `bad_request` where there is nothing, or the body ends early
 */
export async function receive(body: AsyncIterable<Uint8Array> | null, most: number): Promise<Upload> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-import-'))
  const handle = await open(join(folder, 'upload'), 'w+')
  try {
    await rm(folder, { recursive: true, force: true })
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of chunksOf(body)) {
      if (size + chunk.byteLength > most) {
        throw new HkError('too_large', `The file is over ${Math.floor(most / 1_048_576)} MiB. Split it by days, and import each part.`)
      }
      hash.update(chunk)
      for (let at = 0; at < chunk.byteLength; ) {
        const { bytesWritten } = await handle.write(chunk, at, chunk.byteLength - at, size + at)
        at += bytesWritten
      }
      size += chunk.byteLength
    }
    if (size === 0) throw new HkError('bad_request', 'The body is empty. Send a file as it is.', { parameter: 'body' })
    return { handle, size, hash: hash.digest('hex'), [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

const chunkBytes = 65_536

/** The bytes of an upload, from one to another: all by themselves. */
export async function* readUpload({ handle, size }: Upload, from = 0, to = size): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const chunk = new Uint8Array(Math.min(chunkBytes, to - at))
    const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}
