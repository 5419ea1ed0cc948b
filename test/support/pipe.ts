import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDrain, createGroupCommit, openSpool, type Overflow } from '../../server/ingest/index.ts'
import type { Group, NewFetch, Written } from '../../server/store/index.ts'

let base: string | undefined
let made = 0

/** A path in a folder of the tests, where nothing is yet. */
export function freshPath(): string {
  base ??= mkdtempSync(join(tmpdir(), 'hk-spool-'))
  return join(base, `${++made}`)
}

/** Removes all that is below these paths. */
export async function removePaths(): Promise<void> {
  if (base !== undefined) await rm(base, { recursive: true, force: true })
  base = undefined
}

export const mebibyte = 1024 * 1024

/** One row, of a number that stands in its id. */
export function row(number: number, bytes = 0, site_id = 'x7k2m9qf4a'): Group {
  const fetch: NewFetch = {
    site_id,
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    at: 0,
    received_at: 0,
    agent: 'GPTBot',
    family: 'OpenAI',
    category: 'training',
    hostname: 'shop.example',
    path: `/${'x'.repeat(bytes)}`,
    status: 200,
    content_type: '',
    response_ms: null,
    bytes_served: null,
  }
  return { items: [], fetches: [fetch] }
}

/** The numbers of rows. */
export const numbersOf = ({ fetches }: Group) => fetches.map(({ id }) => Number(id.slice(-12)))

/** What a database says with a code of its own. */
export const failure = (code: string) => Object.assign(new Error(`The database says ${code}.`), { code })

/** A database in a word: it takes rows, is away, refuses some, or never answers. */
export function createDatabase() {
  const stored: number[] = []
  const gone = new Set<string>()
  const database = {
    /** Numbers of rows in the order in which they were committed. */
    stored,
    /** Sites that are no more. */
    gone,
    away: false,
    /** Called before a commit; may wait or throw. */
    before: (_rows: Group): Promise<void> | void => undefined,
    async store(rows: Group): Promise<Written> {
      await database.before(rows)
      if (database.away) throw failure('ECONNREFUSED')
      const missing = new Set(rows.fetches.map(({ site_id }) => site_id).filter((id) => gone.has(id)))
      stored.push(...numbersOf({ ...rows, fetches: rows.fetches.filter(({ site_id }) => !missing.has(site_id)) }))
      return { versions: [], missing }
    },
  }
  return database
}

/** A group commit with a spool before a database; `lines` is what it logs. */
export async function openPipe(options: { dataDir?: string; maxBytes?: number; patienceMs?: number } = {}) {
  const { dataDir = freshPath(), maxBytes = 8 * mebibyte, patienceMs = 60_000 } = options
  await using stack = new AsyncDisposableStack()
  const database = createDatabase()
  const { store } = database
  const lines: string[] = []
  const log = (_level: string, message: string) => void lines.push(message)
  const spool = stack.use(await openSpool({ dataDir, maxBytes, log }))
  const drain = stack.use(createDrain({ spool, store, log, maxItems: 10, backOff: () => 5, closeMs: 50 }))
  const overflow: Overflow = { spool, drain }
  const group = stack.use(createGroupCommit({ store, overflow, log, patienceMs, gatherMs: 1 }))
  const open = stack.move()
  return {
    dataDir,
    database,
    spool,
    drain,
    group,
    lines,
    add: (number: number, bytes = 0) => group.add(row(number, bytes)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Each append waits for the disk, which takes its time where others write as well. */
export async function until(fits: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !fits(); await Bun.sleep(5)) {
    if (Date.now() > deadline) throw new Error(`It did not come to be that ${what}.`)
  }
}

/** How many of several adds were acknowledged, and what the others were told. */
export async function outcomeOf(adds: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(adds)
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  return { taken: settled.length - refusals.length, refusals }
}

/** Numbers from 0 on. */
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
