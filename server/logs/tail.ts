import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { maxLineLength, readLines, withoutZeros } from './lines.ts'
import { type Packing, packingOf, readBytes, reasonOf, unpack } from './source.ts'

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

/** Settings of {@link tail}. */
export interface TailOptions {
  /** Goes on with what is written later, until the signal. */
  readonly follow: boolean
  readonly signal: AbortSignal
  /** Waits until there may be more. */
  readonly wait: () => Promise<void>
  /** Told why a packed file can't be read to its end: it is read again from its start the next time. */
  readonly onDamage?: (reason: string) => void
}

const headMost = 1_024
const chunkBytes = 65_536
const newline = 10
const numberSign = 35

/**
 * Reads a log that grows and is rotated, from a place on. `'idle'` each time all there is has been read.
 *
 *     renamed    access.log → access.log.1, a new access.log     the old one is read to its end, then the new one
 *     truncated  copied away and emptied                         from the start; what was written between is lost
 *     away       rotated while nobody was reading                the old file is found beside by its inode, and those
 *                                                                between, unless they were packed
 *
 * A line that is not ended yet is left for the next time. A file packed by gzip or Zstandard is read once, as it never grows.
 *
 * @throws {Error} of the system where the file can't be read; while following, one that is not there is waited for
 */
export async function* tail(
  path: string,
  from: Place | undefined,
  options: TailOptions,
): AsyncGenerator<TailLine | 'idle', void, undefined> {
  const { signal, follow, wait } = options
  const packing = await packingAt(path)
  if (packing !== undefined) return yield* readPacked(path, packing, from, options)
  let place = from
  while (!signal.aborted) {
    const opened = await LogFile.open(path).catch((error: unknown) => {
      if (!follow || !isMissing(error)) throw error
    })
    if (opened === undefined) {
      yield 'idle'
      await wait()
      continue
    }
    await using file = opened
    if (await file.goTo(place)) {
      yield* file.heading()
    } else {
      // It is held open from here on: whatever is rotated meanwhile, none is passed over.
      for (const name of await missed(path, place, file)) {
        await using old = await LogFile.open(name)
        if (await old.goTo(place)) yield* old.heading()
        yield* old.lines(signal)
        yield* old.rest()
      }
      yield await file.start()
    }
    for (;;) {
      yield* file.lines(signal)
      yield 'idle'
      if (!follow || signal.aborted) return
      const fate = await file.fate(path)
      if (fate === 'truncated') file.rewind()
      if (fate === 'replaced') break
      await wait()
    }
    // Written by a server that still had the old file open, between the last look and the new name.
    yield* file.lines(signal)
    yield* file.rest()
    place = file.place
  }
}

/** An open file, and how far it has been read. */
class LogFile implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #inode: string
  #offset = 0
  /** What was read of a line that has not ended. */
  #part: Uint8Array = new Uint8Array()
  /** Bytes of it that were passed over, as it is too long. */
  #passed = 0
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
      const position = this.#offset + this.#passed + this.#part.length
      const { bytesRead } = await this.#handle.read(chunk, 0, chunkBytes, position)
      if (bytesRead === 0) return
      let bytes = joined(this.#part, chunk.subarray(0, bytesRead))
      await this.#readHead()
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
        yield this.#line(bytes.subarray(0, end), 1)
        bytes = bytes.subarray(end + 1)
      }
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
    return now.size < BigInt(this.#offset + this.#passed + this.#part.length) ? 'truncated' : 'same'
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
    this.#offset = this.#passed = this.#headBytes = 0
    this.#part = new Uint8Array()
  }

  #line(bytes: Uint8Array, ending: number): TailLine {
    const tooLong = this.#passed > 0 || bytes.length > maxLineLength
    this.#offset += this.#passed + bytes.length + ending
    this.#passed = 0
    const text = tooLong ? undefined : withoutZeros(new TextDecoder().decode(bytes)).replace(/\r$/, '')
    return { text, place: this.place }
  }

  /** Reads the head anew as long as it grows. */
  async #readHead(): Promise<void> {
    if (this.#headBytes >= headMost) return
    const { head, headBytes } = await headOf(this.#handle, headMost)
    this.#head = head
    this.#headBytes = headBytes
  }
}

async function headOf(handle: FileHandle, length: number): Promise<{ head: string; headBytes: number }> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0)
  const head = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex')
  return { head, headBytes: bytesRead }
}

/** Whether a file is one that a log was rotated to: `access.log.1`, `access.log-20261124`; `access.log_ssl` is another. */
function isRotated(name: string, log: string): boolean {
  return name === log || ['.', '-'].some((mark) => name.startsWith(log + mark))
}

/** Names of files that were rotated away since a place was left, the oldest first: that of the place, and those after. */
async function missed(path: string, place: Place | undefined, present: LogFile): Promise<string[]> {
  if (place === undefined) return []
  const names = await readdir(dirname(path))
  const files: { name: string; mtime: bigint; first: boolean }[] = []
  for (const name of names) {
    if (!isRotated(name, basename(path)) || /\.(gz|bz2|xz|zst)$/.test(name)) continue
    const full = join(dirname(path), name)
    // What goes while this looks is not there to be read.
    const file = await LogFile.open(full).catch(() => undefined)
    if (file === undefined) continue
    await using found = file
    if (found.inode === present.inode) continue
    const { mtimeNs } = await stat(full, { bigint: true })
    files.push({ name: full, mtime: mtimeNs, first: await found.goTo(place) })
  }
  const inOrder = files.toSorted((a, b) => (a.mtime < b.mtime ? -1 : 1))
  const first = inOrder.findIndex((file) => file.first)
  return first === -1 ? [] : inOrder.slice(first).map(({ name }) => name)
}

/** How a file is packed; it is not where there is none. */
async function packingAt(path: string): Promise<Packing | undefined> {
  const handle = await open(path).catch(() => undefined)
  if (handle === undefined) return undefined
  await using _closed = { [Symbol.asyncDispose]: () => handle.close() }
  const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0)
  return packingOf(buffer.subarray(0, bytesRead), path)
}

async function* readPacked(
  path: string,
  packing: Packing,
  from: Place | undefined,
  { signal, onDamage }: TailOptions,
): AsyncGenerator<TailLine | 'idle', void, undefined> {
  await using file = await LogFile.open(path)
  if (await file.goTo(from)) return
  const end = await file.end()
  // Until its end the place is that of no file: where this is cut short, it is read again from the start.
  const before = { ...end, inode: '' }
  let damage: string | undefined
  async function* unpacked() {
    try {
      yield* unpack(createReadStream(path), packing)
    } catch (error) {
      damage = reasonOf(error)
    }
  }
  for await (const { text } of readLines(unpacked())) {
    yield { text, place: before }
    if (signal.aborted) return
  }
  if (damage === undefined) yield { text: '', place: end }
  else onDamage?.(damage)
  yield 'idle'
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
