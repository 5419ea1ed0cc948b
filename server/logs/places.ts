import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import process from 'node:process'
import { HkError } from '@hk-live/sdk/protocol'
import type { Place } from './log-file.ts'

/** How far logs have been read, kept in a file across restarts. */
export interface Places {
  of(path: string): Place | undefined
  /** Keeps a place, on disk before this resolves; what is written is whole or not there. */
  keep(path: string, place: Place): Promise<void>
}

/**
 * Opens the places in a file; none where there is no file yet.
 *
 * @throws {HkError} `bad_request` where the file is something else
 */
export async function openPlaces(file: string): Promise<Places> {
  const places = await readPlaces(file)
  /** Those of this process; another one may keep its own in the same file. */
  const own = new Map<string, Place>()
  let writing: Promise<void> = Promise.resolve()
  const write = async () => {
    await mkdir(dirname(file), { recursive: true })
    const all = new Map([...(await readPlaces(file)), ...own])
    const draft = `${file}.${process.pid}`
    {
      await using handle = await open(draft, 'w')
      await handle.writeFile(`${JSON.stringify({ version: 1, files: Object.fromEntries(all) }, null, 2)}\n`)
      await handle.sync()
    }
    await rename(draft, file)
  }
  return {
    of: (path) => places.get(path),
    keep(path, place) {
      places.set(path, place)
      own.set(path, place)
      writing = writing.then(write)
      return writing
    },
  }
}

async function readPlaces(file: string): Promise<Map<string, Place>> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return new Map()
  try {
    const { version, files } = Object(JSON.parse(text)) as { version?: unknown; files?: unknown }
    const found = Object.entries(Object(files) as Record<string, Place>)
    if (version === 1 && found.every(([, place]) => isPlace(place))) return new Map(found)
  } catch {
    // Told below.
  }
  throw new HkError('bad_request', `${file} does not hold places of logs. Name another file by --state, or remove it to begin anew.`, {
    parameter: 'state',
  })
}

function isPlace({ inode, head, headBytes, offset }: Place): boolean {
  return typeof inode === 'string' && typeof head === 'string' && Number.isInteger(headBytes) && Number.isInteger(offset)
}
