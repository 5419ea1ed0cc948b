import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readLines } from './lines.ts'
import { LogFile, type Place, type TailLine } from './log-file.ts'
import { type Packing, packingOf, reasonOf, unpack } from './source.ts'

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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
