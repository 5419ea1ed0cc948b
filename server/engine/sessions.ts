import { BIGINT, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import { type DuckDBConnection, type DuckDBInstance, identifier } from './database.ts'
import { viewsOf } from './definitions/segments.ts'
import type { CloseTask, OpenTask, QueryRow, QueryTask, QueryValue } from './messages.ts'

/** Sessions: each a connection that sees the tables of one site as they were when it was opened. */
export interface Sessions {
  open(task: OpenTask): Promise<void>
  query(task: QueryTask): Promise<QueryRow[]>
  /** Gives up what it is asked, too. */
  close(task: CloseTask): Promise<void>
  /** The connection of a session, for who interrupts it. */
  connectionOf(session: number): DuckDBConnection | undefined
}

/** A session, and what runs in it: a connection that is closed below a query takes the process with it. */
interface Session {
  readonly connection: DuckDBConnection
  readonly running: Set<Promise<QueryRow[]>>
}

/** Milliseconds between two attempts to interrupt a query: one that comes before it has begun is lost. */
const interruptMs = 20

/** Makes the sessions of a database. */
export function createSessions(database: DuckDBInstance): Sessions {
  const open = new Map<number, Session>()

  function rowsOf({ connection, running }: Session, text: string, values: readonly QueryValue[]): Promise<QueryRow[]> {
    const bound = values.map(bind)
    const reading = connection
      .runAndReadAll(text, bound.map(({ value }) => value), bound.map(({ type }) => type))
      .then((reader): QueryRow[] => reader.getRowObjectsJson())
    running.add(reading)
    return reading.finally(() => running.delete(reading))
  }

  return {
    connectionOf: (session) => open.get(session)?.connection,
    async open({ session, site, segments }) {
      const connection = await database.connect()
      open.set(session, { connection, running: new Set() })
      await connection.run(`use ${identifier(site)}`)
      // So that the views are of the very tables that its queries see.
      await connection.run('begin transaction')
      const found = await connection.runAndReadAll('select exists (from overridden) as overridden, exists (from removals) as removed')
      const [{ overridden, removed } = {}] = found.getRowObjectsJson()
      const which = { isOverridden: overridden === true, areRemoved: removed === true }
      for (const view of viewsOf(site, segments, which)) await connection.run(view)
    },
    async query({ session, text, values }) {
      const own = open.get(session)
      if (own === undefined) throw new Error('The session is closed.')
      return rowsOf(own, text, values)
    },
    async close({ session }) {
      const own = open.get(session)
      open.delete(session)
      if (own === undefined) return
      const interrupting = setInterval(() => own.connection.interrupt(), interruptMs)
      await Promise.allSettled(own.running)
      clearInterval(interrupting)
      own.connection.closeSync()
    },
  }
}

function bind(given: QueryValue): { value: DuckDBValue; type: DuckDBType } {
  switch (given.type) {
    case 'text':
      return { value: given.value, type: VARCHAR }
    case 'number':
      return { value: given.value, type: DOUBLE }
    case 'whole':
      return { value: BigInt(given.value), type: BIGINT }
    case 'flag':
      return { value: given.value, type: BOOLEAN }
    case 'texts':
      return { value: listValue(given.value), type: LIST(VARCHAR) }
    case 'wholes':
      return { value: listValue(given.value.map(BigInt)), type: LIST(BIGINT) }
    case 'numbers':
      return { value: listValue(given.value), type: LIST(DOUBLE) }
  }
}
