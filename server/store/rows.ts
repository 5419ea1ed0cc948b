import type postgres from 'postgres'
import type { Transaction } from './connect.ts'

/** Rows as one parameter of type jsonb, for `jsonb_to_recordset`. They must be plain JSON. */
export function rowsParameter(tx: Transaction, rows: readonly object[]): postgres.Parameter {
  return tx.json(rows as Parameters<Transaction['json']>[0])
}

/** Milliseconds since 1970 as an instant that Postgres reads, to the microsecond. */
export function instant(milliseconds: number): string {
  const micros = Math.min(999, Math.round((milliseconds - Math.floor(milliseconds)) * 1_000))
  return new Date(Math.floor(milliseconds)).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)
}
