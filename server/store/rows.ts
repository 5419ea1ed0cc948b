import type postgres from 'postgres'
import type { Transaction } from './connect.ts'

/** Rows as one parameter of type jsonb, for `jsonb_to_recordset`. They must be plain JSON. */
export function rowsParameter(tx: Transaction, rows: readonly object[]): postgres.Parameter {
  return tx.json(rows as Parameters<Transaction['json']>[0])
}

/** Milliseconds since 1970 as an instant that Postgres reads. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
