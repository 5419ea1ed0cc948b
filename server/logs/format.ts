import { HkError } from '@hk-live/sdk/protocol'
import { parseCaddy } from './caddy.ts'
import { createCloudFrontReader } from './cloudfront.ts'
import { parseLine } from './combined.ts'
import type { LineReader } from './entry.ts'
import { compilePattern } from './pattern.ts'

/** Formats by name; nginx and Apache write `combined` unless they are told otherwise. */
const formats: Readonly<Record<string, () => LineReader>> = {
  combined: () => ({ read: parseLine }),
  nginx: () => ({ read: parseLine }),
  apache: () => ({ read: parseLine }),
  caddy: () => ({ read: parseCaddy }),
  cloudfront: createCloudFrontReader,
}

/** Names of the formats that can be asked for, `auto` among them. */
export const formatNames: readonly string[] = ['auto', ...Object.keys(formats)]

/**
 * Tells how a log is to be read, once for each file.
 *
 * @param format a name, `auto` to go by the first line that can be read
 * @param pattern how lines look, in place of a format: see `pattern.ts`
 * @throws {HkError} `bad_request` for an unknown name and a pattern that lacks something
 */
export function readerFor(format: string, pattern?: string): () => LineReader {
  if (pattern !== undefined) {
    const read = compilePattern(pattern)
    return () => ({ read })
  }
  const make = format === 'auto' ? createAutoReader : Object.hasOwn(formats, format) ? formats[format] : undefined
  if (make !== undefined) return make
  throw new HkError('bad_request', `The format "${format}" is not known. Known are ${formatNames.join(', ')}.`, {
    parameter: 'format',
  })
}

/** Reads by whichever format reads a line first, and keeps to it. */
function createAutoReader(): LineReader {
  let candidates = ['combined', 'caddy', 'cloudfront'].flatMap((name) => formats[name]?.() ?? [])
  return {
    read(line) {
      for (const reader of candidates) {
        const entry = reader.read(line)
        if (entry === undefined) continue
        candidates = [reader]
        return entry
      }
      return undefined
    },
  }
}
