import type { Answer } from '@hk-live/sdk/protocol'
import type { Cell, Column } from '../reports/index.ts'

/** A report as a table that is still being read. */
export interface Sheet {
  /** What the answer says beside its data. */
  readonly head: Omit<Answer, 'data' | 'compare'> & { readonly compare?: Pick<Answer, 'range'> }
  readonly columns: readonly Column[]
  /** The rows as they come, some at once; each row has a cell for each column. */
  readonly batches: AsyncIterable<readonly Cells[]>
}

/** The cells of a row. */
export type Cells = readonly Cell[]

/** How a file is written. */
export interface EncodeOptions {
  /** Whether CSV begins with a byte order mark. */
  readonly bom: boolean
  /** Aborts when nobody waits for the file any more. */
  readonly signal: AbortSignal
}

/** Writes a sheet as the bytes of a file, as its rows come. */
export type Encode = (sheet: Sheet, options: EncodeOptions) => AsyncIterable<Uint8Array>

/** The wall clock of a time zone at an instant. */
export function wallClock(instant: string, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timezone)
}
