import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HkError } from '@hk-live/sdk/protocol'
import { readSegment, type Segment, segmentFormat, type Sql } from '../store/index.ts'
import { unavailable } from './engine-child.ts'

/** Segments as files, each kept until room is needed. */
export interface SegmentCache {
  /**
   * Gets the files of some segments, and keeps them until it is disposed.
   *
   * @throws {HkError} `unavailable` where one is not there any more, is damaged, or is of a format of the future
   */
  use(segments: readonly Segment[]): Promise<SegmentLease>
}

/** Files of segments in use. */
export interface SegmentLease extends Disposable {
  readonly files: readonly string[]
}

/** Settings of {@link createSegmentCache}. */
export interface SegmentCacheOptions {
  readonly sql: Sql
  readonly folder: string
  /** Bytes of all files; those that were used the longest ago go first. */
  readonly maxBytes: number
}

interface File {
  readonly bytes: number
  /** Whether it was compared with its hash. */
  readonly isSound: boolean
}

/**
 * Keeps the data of segments as files named by their hash. A file is compared with it once, by the first who uses it, so that
 * damage is told and never counted; a damaged one is fetched again.
 */
export function createSegmentCache({ sql, folder, maxBytes }: SegmentCacheOptions): SegmentCache {
  /** By hash, the one that was used the longest ago first. */
  const files = new Map<string, File>()
  const coming = new Map<string, Promise<string>>()
  const users = new Map<string, number>()
  let begun: Promise<void> | undefined

  const pathOf = (hash: string) => join(folder, `${hash}.parquet`)

  /** Takes in what an earlier process has left. */
  async function begin(): Promise<void> {
    const names = await readdir(folder).catch((): string[] => [])
    const found = await Promise.all(names.map(async (name) => ({ name, file: await stat(join(folder, name)).catch(() => undefined) })))
    for (const { name, file } of found.toSorted((a, b) => (a.file?.mtimeMs ?? 0) - (b.file?.mtimeMs ?? 0))) {
      const hash = /^([\da-f]{64})\.parquet$/.exec(name)?.[1]
      if (hash === undefined) await rm(join(folder, name), { force: true })
      else if (file !== undefined) files.set(hash, { bytes: file.size, isSound: false })
    }
  }

  async function isUsable(hash: string): Promise<boolean> {
    const known = files.get(hash)
    if (known === undefined) return false
    const found = await stat(pathOf(hash)).catch(() => undefined)
    if (found?.size !== known.bytes) return false
    return known.isSound || hashOf(await readFile(pathOf(hash))) === hash
  }

  async function fetch(segment: Segment): Promise<number> {
    const data = await readSegment(sql, segment)
    if (data === undefined) throw unavailable('The data of this site are being put in order. Try again.')
    if (hashOf(data) !== segment.hash) {
      throw unavailable(`Stored data of ${daysOf(segment)} are damaged. The operator can restore them from a backup.`)
    }
    await mkdir(folder, { recursive: true })
    // Whoever else uses the folder has it whole or not at all.
    const part = `${pathOf(segment.hash)}.${randomUUID()}`
    await writeFile(part, data)
    await rename(part, pathOf(segment.hash))
    return data.byteLength
  }

  async function get(segment: Segment): Promise<string> {
    const { hash, format } = segment
    if (format > segmentFormat) {
      throw new HkError('unavailable', `Stored data of ${daysOf(segment)} are of a newer hk-live. Upgrade this one.`)
    }
    const bytes = (await isUsable(hash)) ? (files.get(hash)?.bytes ?? 0) : await fetch(segment)
    files.delete(hash)
    files.set(hash, { bytes, isSound: true })
    // The next process, too, knows when it was used.
    await utimes(pathOf(hash), new Date(), new Date()).catch(() => undefined)
    return pathOf(hash)
  }

  async function makeRoom(): Promise<void> {
    let sum = files.values().reduce((all, { bytes }) => all + bytes, 0)
    for (const [hash, { bytes }] of files) {
      if (sum <= maxBytes) return
      if (users.has(hash)) continue
      files.delete(hash)
      sum -= bytes
      await rm(pathOf(hash), { force: true })
    }
  }

  function release(segments: readonly Segment[]): void {
    for (const { hash } of segments) {
      const left = (users.get(hash) ?? 1) - 1
      if (left === 0) users.delete(hash)
      else users.set(hash, left)
    }
  }

  return {
    async use(segments) {
      await (begun ??= begin())
      for (const { hash } of segments) users.set(hash, (users.get(hash) ?? 0) + 1)
      try {
        const paths: string[] = []
        // One after another: each is in memory while it comes.
        for (const segment of segments) {
          const found = coming.get(segment.hash) ?? get(segment).finally(() => coming.delete(segment.hash))
          coming.set(segment.hash, found)
          paths.push(await found)
        }
        await makeRoom()
        return { files: paths, [Symbol.dispose]: () => release(segments) }
      } catch (error) {
        release(segments)
        throw error
      }
    },
  }
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function daysOf({ from_day, to_day }: Segment): string {
  return from_day === to_day ? from_day : `${from_day} to ${to_day}`
}
