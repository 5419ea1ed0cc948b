import { HkError } from '@hk-live/sdk/protocol'
import type { ImportedSums, NewFetch, NewItem } from '../store/index.ts'

/** A file of an upload: the upload itself, or one of its archive. */
export interface SourceFile {
  readonly name: string
  /** Bytes, as far as they are known. */
  readonly size: number
  open(): AsyncIterable<Uint8Array>
}

/** An item of another system. `visitor`: whatever that knows a visitor by. */
export type SourceItem = Omit<NewItem, 'site_id' | 'received_at' | 'visitor_id' | 'import_id'> & { readonly visitor: string }

/** What is set of a site, as our own takeout has it. */
export interface SourceSetting {
  readonly type: 'goal' | 'funnel' | 'annotation' | 'exclusion'
  readonly settings: Readonly<Record<string, unknown>>
}

/** What a record becomes, or why it does not. */
export type Entry =
  | { readonly sums: ImportedSums }
  | { readonly item: SourceItem }
  | { readonly fetch: Omit<NewFetch, 'site_id' | 'received_at' | 'import_id'> }
  | { readonly setting: SourceSetting }
  /** Understood and of no use here. */
  | { readonly leftOut: string }
  /** Not understood: what, and where. */
  | { readonly fault: string }

/** A record of a source. `bytes`: how far in all its files it ends, about. */
export interface SourceRecord {
  readonly entries: readonly Entry[]
  readonly bytes: number
}

/** What a source is read for. */
export interface SourceContext {
  readonly domain: string
  /** The site's. */
  readonly timezone: string
  /** Of times that do not say theirs. */
  readonly timesIn: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** One format of another system. */
export interface Source {
  /** What it takes, in a sentence. */
  readonly about: string
  /**
   * Checks the files, and reads their records in an order that is always the same.
   *
   * @throws {HkError} `bad_request` where they are not of the format
   */
  open(files: readonly SourceFile[], context: SourceContext): Promise<AsyncIterable<SourceRecord>>
}

/** Refuses what is not of a format. */
export function refuse(message: string): HkError {
  return new HkError('bad_request', message, { parameter: 'body' })
}
