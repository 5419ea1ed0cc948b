import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { HkError } from '@hk-live/sdk/protocol'

/** A log that can be read from its start more than once. */
export interface LogSource extends AsyncDisposable {
  readonly name: string
  /** Bytes that it unpacks to, where that is known. */
  readonly size: number | undefined
  open(): AsyncIterable<Uint8Array>
}

/** How a file is packed. */
export type Packing = 'gzip' | 'zstd'

/** Archives and packings that are not read, by how they begin, and what to do with them. */
const refused: readonly (readonly [begin: string, what: string, command: string])[] = [
  ['425a68', 'packed by bzip2', 'bzcat'],
  ['fd377a585a00', 'packed by xz', 'xzcat'],
  ['504b0304', 'a zip archive', 'unzip -p'],
]

/**
 * How a file is packed, by its first bytes, whatever its name is: gzip (RFC 1952, section 2.3.1), Zstandard (RFC 8878,
 * section 3.1.1), or not at all.
 *
 * @throws {HkError} `bad_request` where it is an archive, or packed otherwise
 */
export function packingOf(first: Uint8Array, name: string): Packing | undefined {
  const begin = Buffer.from(first).toString('hex')
  if (begin.startsWith('1f8b')) return 'gzip'
  // Some packers write a frame of their own first, to be skipped.
  if (/^(?:28b52ffd|5.2a4d18)/.test(begin)) return 'zstd'
  const found = refused.find(([start]) => begin.startsWith(start))
  if (found === undefined) return undefined
  const [, what, command] = found
  throw refuse(`${name} is ${what}, which is not read here. Unpack it into a pipe: ${command} ${name} | hk import-log -`)
}

const chunkBytes = 65_536

/** Bytes of an open file, from its start to a place, or to its end; it stays open. */
export async function* readBytes(handle: FileHandle, end = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < end; ) {
    const length = Math.min(chunkBytes, end - at)
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

/**
 * Bytes unpacked as they are read. Zero bytes behind the packed ones are no damage, in place of some of them they are.
 *
 * @throws {Error} where the packed bytes are damaged or end early; {HkError} `bad_request` for Zstandard on Deno
 */
export async function* unpack(packed: AsyncIterable<Uint8Array<ArrayBuffer>>, packing: Packing | undefined): AsyncGenerator<Uint8Array> {
  if (packing === undefined) return yield* packed
  if (packing === 'zstd') return yield* unpackZstd(packed)
  const unpacked = createGunzip()
  const source = Readable.from(packed)
  source.once('error', (error) => unpacked.destroy(error))
  try {
    yield* source.pipe(unpacked)
  } finally {
    source.destroy()
    unpacked.destroy()
  }
}

/** Zero bytes at the end of a file that may be the end of its last frame: of a checksum of four bytes, or an empty block. */
const maxFrameZeros = 16

/**
 * Zero bytes behind the last frame, as a crash leaves them, are passed over, as gunzip does. The stream gives up what it has
 * unpacked where something else follows a frame, so that zeros at the end go into it one by one: it fails at the first that is
 * too many, after all that could be unpacked.
 */
async function* unpackZstd(packed: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  let frameZeros = 0
  async function* chunks() {
    let zeros = 0
    for await (const chunk of packed) {
      const end = chunk.findLastIndex((byte) => byte !== 0) + 1
      if (end > 0) yield* zeroBytes(zeros)
      zeros = (end > 0 ? 0 : zeros) + chunk.length - end
      if (end > 0) yield chunk.slice(0, end)
    }
    for (; frameZeros < Math.min(zeros, maxFrameZeros); frameZeros++) yield new Uint8Array(1)
    yield* zeroBytes(zeros - frameZeros)
  }
  try {
    yield* streamOf(chunks()).pipeThrough(zstdStream())
  } catch (error) {
    const isPadded = frameZeros > 0 && error instanceof Error && 'code' in error && error.code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END'
    if (!isPadded) throw error
  }
}

function* zeroBytes(count: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = count; left > 0; left -= chunkBytes) yield new Uint8Array(Math.min(left, chunkBytes))
}

function streamOf(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): ReadableStream<BufferSource> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

/** By the stream of the web, as that of `node:zlib` takes a file that was cut off for a whole one (Bun 1.4, Deno 2.9). */
function zstdStream(): DecompressionStream {
  try {
    // Some lists of types do not have it yet.
    return new DecompressionStream('zstd' as CompressionFormat)
  } catch {
    throw refuse('Files packed by zstd are read on Bun only. Unpack them into a pipe: zstdcat FILE | hk import-log -')
  }
}

const standardInput = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])
const firstBytes = 8

/**
 * Opens a log: a file, a pipe (`/dev/fd/63`, a FIFO), or `-` for the standard input. What can be read only once is copied to
 * a temporary file without a name, as an import reads twice.
 *
 * @throws {HkError} `bad_request` for what is missing, a folder, or can't be read
 */
export async function openLog(path: string): Promise<LogSource> {
  if (standardInput.has(path)) return openPipe('the standard input', process.stdin)
  const found = await stat(path).catch((error: unknown) => {
    throw refuse(isMissing(error) ? `There is no file ${path}.` : `${path} can't be read: ${reasonOf(error)}`)
  })
  if (found.isDirectory()) throw refuse(`${path} is a folder. Name the logs in it: ${path.replace(/\/$/, '')}/access.log*`)
  if (!found.isFile()) return openPipe(path, createReadStream(path))
  const handle = await open(path).catch((error: unknown) => {
    throw refuse(`${path} can't be read: ${reasonOf(error)}`)
  })
  return sourceOf(path, handle)
}

async function openPipe(name: string, from: AsyncIterable<Uint8Array | string>): Promise<LogSource> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-log-'))
  const handle = await open(join(folder, 'input'), 'w+')
  try {
    await rm(folder, { recursive: true, force: true })
    for await (const chunk of from) await handle.appendFile(chunk)
    return await sourceOf(name, handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function sourceOf(name: string, handle: FileHandle): Promise<LogSource> {
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(firstBytes), 0, firstBytes, 0)
    const packing = packingOf(buffer.subarray(0, bytesRead), name)
    const { size } = await handle.stat()
    return {
      name,
      size: packing === undefined ? size : undefined,
      open: () => unpack(readBytes(handle), packing),
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function refuse(message: string): HkError {
  return new HkError('bad_request', message, { parameter: 'file' })
}

/** What the system says of an error, without its code. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]{4,}: /, '').replace(/\.?$/, '.') : `${String(error)}.`
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
