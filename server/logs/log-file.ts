import { createHash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { maxLineLength, readLines } from './lines.ts'
import { readBytes } from './source.ts'

/** How far a file has been read, and which file it was, whatever its name is by now. */
export interface Place {
  readonly inode: string
  /** SHA-256 of the first bytes, and how many those were: an inode may be used again. */
  readonly head: string
  readonly headBytes: number
  /** Bytes from the start to the end of the last line that was read. */
  readonly offset: number
}

/** A line, `undefined` where it was too long to keep, and the place after it. */
export interface TailLine {
  readonly text: string | undefined
  readonly place: Place
}

const maxHeadBytes = 1_024
const chunkBytes = 65_536
const newline = 10
const numberSign = 35

/** An open file, and how far it has been read. */
export class LogFile implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #inode: string
  #offset = 0
  /** What was read of a line that has not ended. */
  #part: Uint8Array = new Uint8Array()
  /** Bytes of it that were passed over, as it is too long. */
  #passed = 0
  /** Zero bytes before it, which are left out: see {@link readLines}. */
  #zeros = 0
  #head = ''
  #headBytes = 0

  constructor(handle: FileHandle, inode: string) {
    this.#handle = handle
    this.#inode = inode
  }

  static async open(path: string): Promise<LogFile> {
    const handle = await open(path)
    const { ino } = await handle.stat({ bigint: true })
    return new LogFile(handle, String(ino))
  }

  get inode(): string {
    return this.#inode
  }

  /** How far it has been read. */
  get place(): Place {
    return { inode: this.#inode, head: this.#head, headBytes: this.#headBytes, offset: this.#offset }
  }

  /** Goes on at a place, where it is one of this file; whether it is. */
  async goTo(place: Place | undefined): Promise<boolean> {
    if (place?.inode !== this.#inode) return false
    const { size } = await this.#handle.stat()
    if (size < place.offset || (await headOf(this.#handle, place.headBytes)).head !== place.head) return false
    this.#offset = place.offset
    return true
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close()
  }

  /** Lines before its place that begin with `#`, in a log that begins so: they say what the others hold. */
  async *heading(): AsyncGenerator<TailLine, void, undefined> {
    await this.#readHead()
    if (this.#offset === 0 || (await this.#handle.read(new Uint8Array(1), 0, 1, 0)).buffer[0] !== numberSign) return
    for await (const { text } of readLines(readBytes(this.#handle, this.#offset))) if (text?.startsWith('#')) yield { text, place: this.place }
  }

  /** Lines that have ended. */
  async *lines(signal: AbortSignal): AsyncGenerator<TailLine, void, undefined> {
    const chunk = new Uint8Array(chunkBytes)
    while (!signal.aborted) {
      const position = this.#readTo
      const { bytesRead } = await this.#handle.read(chunk, 0, chunkBytes, position)
      if (bytesRead === 0) return
      let bytes = joined(this.#part, chunk.subarray(0, bytesRead))
      await this.#readHead()
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
        yield this.#line(bytes.subarray(0, end), 1)
        bytes = bytes.subarray(end + 1)
      }
      bytes = this.#passZeros(bytes)
      if (bytes.length > maxLineLength) {
        this.#passed += bytes.length
        bytes = new Uint8Array()
      }
      this.#part = bytes.slice()
    }
  }

  /** The line that will not end any more, as the file is no longer written. */
  *rest(): Generator<TailLine, void, undefined> {
    if (this.#part.length + this.#passed > 0) yield this.#line(this.#part, 0)
    this.#part = new Uint8Array()
  }

  /** What has become of the file under a name since. */
  async fate(path: string): Promise<'same' | 'truncated' | 'replaced'> {
    const now = await stat(path, { bigint: true }).catch(() => undefined)
    // Between the two steps of a rotation there is none.
    if (now === undefined) return 'same'
    if (String(now.ino) !== this.#inode) return 'replaced'
    return now.size < BigInt(this.#readTo) ? 'truncated' : 'same'
  }

  /** Its start, as an empty line: kept, it finds the file again if that is rotated before a line of it has been read. */
  async start(): Promise<TailLine> {
    await this.#readHead()
    return { text: '', place: this.place }
  }

  /** The place of its end. */
  async end(): Promise<Place> {
    await this.#readHead()
    return { ...this.place, offset: (await this.#handle.stat()).size }
  }

  /** Begins again at the start. */
  rewind(): void {
    this.#offset = this.#passed = this.#zeros = this.#headBytes = 0
    this.#part = new Uint8Array()
  }

  /** Bytes from the start to the end of what was read. */
  get #readTo(): number {
    return this.#offset + this.#zeros + this.#passed + this.#part.length
  }

  /** What is left of a line where the zero bytes that it begins with are passed over. */
  #passZeros(bytes: Uint8Array): Uint8Array {
    if (this.#passed > 0 || bytes[0] !== 0) return bytes
    const found = bytes.findIndex((byte) => byte !== 0)
    const count = found === -1 ? bytes.length : found
    this.#zeros += count
    return bytes.subarray(count)
  }

  #line(whole: Uint8Array, ending: number): TailLine {
    const bytes = this.#passZeros(whole)
    const tooLong = this.#passed > 0 || bytes.length > maxLineLength
    this.#offset += this.#zeros + this.#passed + bytes.length + ending
    this.#passed = this.#zeros = 0
    const text = tooLong ? undefined : new TextDecoder().decode(bytes).replace(/\r$/, '')
    return { text, place: this.place }
  }

  /** Reads the head anew as long as it grows. */
  async #readHead(): Promise<void> {
    if (this.#headBytes >= maxHeadBytes) return
    const { head, headBytes } = await headOf(this.#handle, maxHeadBytes)
    this.#head = head
    this.#headBytes = headBytes
  }
}

async function headOf(handle: FileHandle, length: number): Promise<{ head: string; headBytes: number }> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0)
  const head = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex')
  return { head, headBytes: bytesRead }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
