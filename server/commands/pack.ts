import { Zip, ZipPassThrough } from 'fflate'

/** A file to pack: its name, and its bytes as they come. */
export interface Packed {
  readonly name: string
  readonly open: () => AsyncIterable<Uint8Array>
}

/** The date that all files of a pack have, so that the same files are always the same pack. */
const mtime = new Date(1980, 0, 1)

/** Packs files into a zip as they are read, uncompressed, by their names. */
export async function* packFiles(files: readonly Packed[]): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  let failed: Error | undefined
  const zip = new Zip((error, chunk) => {
    if (error) failed = error
    else ready.push(chunk)
  })
  const taken = () => {
    if (failed !== undefined) throw failed
    const chunks = ready
    ready = []
    return chunks
  }
  for (const { name, open } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const entry = new ZipPassThrough(name)
    entry.mtime = mtime
    zip.add(entry)
    for await (const chunk of open()) {
      entry.push(chunk)
      yield* taken()
    }
    entry.push(new Uint8Array(), true)
    yield* taken()
  }
  zip.end()
  yield* taken()
}
