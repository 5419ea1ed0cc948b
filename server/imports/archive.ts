import { basename } from 'node:path'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createInflateRaw } from 'node:zlib'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import { clean } from '../ingest/index.ts'
import { refuse, type SourceFile } from './source.ts'
import { readUpload, type Upload } from './upload.ts'

/** Files of an archive at most, and how many times its size they may be in all: tables pack to a tenth or so. */
const most = { files: 200, ratio: 200, least: 10_485_760 }

/**
 * The files of an upload: those of a zip, what a gzip holds, or the upload itself; by their names, so that the same upload
 * is always read in the same order.
 *
 * @param name of the upload
 * @throws {HkError} `bad_request` where an archive is broken, or unpacks to more than it may
 */
export async function openFiles(upload: Upload, name: string): Promise<SourceFile[]> {
  const head = new Uint8Array(4)
  await upload.handle.read(head, 0, 4, 0)
  if (head[0] === 0x50 && head[1] === 0x4b) return filesOfZip(upload)
  const bound = Math.max(most.least, upload.size * most.ratio)
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const open = () => bounded(unpacked(readUpload(upload), createGunzip()), name, bound)
    return [{ name: name.replace(/\.gz$/i, ''), size: await unpackedSize(upload), open }]
  }
  return [{ name, size: upload.size, open: () => readUpload(upload) }]
}

/** The size that a gzip says of what it holds, in its last four bytes (RFC 1952, section 2.3.1): modulo 2^32, so about. */
async function unpackedSize({ handle, size }: Upload): Promise<number> {
  const tail = Buffer.alloc(4)
  await handle.read(tail, 0, 4, Math.max(0, size - 4))
  return Math.max(size, tail.readUInt32LE())
}

async function filesOfZip(upload: Upload): Promise<SourceFile[]> {
  try {
    const zip = await fromFdPromise(upload.handle.fd, { autoClose: false, lazyEntries: true })
    if (zip.entryCount > most.files) throw refuse(`The archive has ${zip.entryCount} files; at most ${most.files} are read.`)
    const entries = (await Array.fromAsync(zip.eachEntry())).filter(isTable)
    const size = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
    if (size > Math.max(most.least, upload.size * most.ratio)) {
      throw refuse(`The archive unpacks to ${Math.floor(size / 1_048_576)} MiB, over ${most.ratio} times its size. It is not read.`)
    }
    if (entries.length === 0) throw refuse('The archive has no file whose name ends with .csv, .json, .ndjson or .jsonl.')
    return (await Promise.all(entries.map((entry) => fileOf(upload, zip, entry)))).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw broken(error)
  }
}

function isTable({ fileName }: Entry): boolean {
  return /\.(csv|json|ndjson|jsonl)$/i.test(fileName) && !/(^|\/)(__MACOSX\/|\.)/.test(fileName)
}

/** Ways that a file of a zip is packed (APPNOTE.TXT, section 4.4.5): as it is, or deflated. */
const methods = { stored: 0, deflated: 8 }

async function fileOf(upload: Upload, zip: ZipFile, entry: Entry): Promise<SourceFile> {
  const { uncompressedSize: size, compressedSize, compressionMethod } = entry
  const name = clean(basename(entry.fileName), 200)
  if (entry.isEncrypted()) throw refuse(`${name} is encrypted. Pack it without a password.`)
  if (!Object.values(methods).includes(compressionMethod)) throw refuse(`${name} is packed in a way that is not known. Pack it as usual.`)
  const { fileDataStart: from } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  const open = () => {
    const packed = readUpload(upload, from, from + compressedSize)
    const plain = compressionMethod === methods.stored ? packed : unpacked(packed, createInflateRaw())
    return bounded(plain, name, size)
  }
  return { name, size, open }
}

/** What a stream of zlib makes of bytes. Whoever leaves off before its end ends it. */
function unpacked(packed: AsyncIterable<Uint8Array>, unpack: Transform): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(packed), unpack, () => undefined)
}

/** The bytes of a stream, up to a bound; what breaks it is told as the archive's fault. */
async function* bounded(stream: AsyncIterable<Uint8Array>, name: string, bound: number): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength
      if (size > bound) throw refuse(`${name} unpacks to over ${Math.floor(bound / 1_048_576)} MiB. It is not read.`)
      yield chunk
    }
  } catch (error) {
    throw broken(error)
  }
}

function broken(error: unknown): Error {
  if (error instanceof Error && error.name === 'HkError') return error
  return refuse(`The archive cannot be unpacked: ${error instanceof Error ? error.message : String(error)}.`)
}
