import type { Sql, Transaction } from '../store/index.ts'

/**
 * Reads values inside one repeatable-read transaction and hands them on as they are taken: the next is read when there
 * is room for it. The connection is held until the last one, and let go when the reader goes or something fails.
 */
export function readSnapshot<T>(sql: Sql, read: (tx: Transaction) => AsyncIterable<T>): ReadableStream<T> {
  const { readable, writable } = new TransformStream<T, T>()
  const writer = writable.getWriter()
  // What fails is told to who reads.
  writer.closed.catch(() => undefined)
  sql
    .begin('isolation level repeatable read read only', async (tx) => {
      for await (const value of read(tx)) {
        await writer.ready
        await writer.write(value)
      }
    })
    .then(
      () => writer.close(),
      (error: unknown) => writer.abort(error),
    )
    .catch(() => undefined)
  return readable
}
