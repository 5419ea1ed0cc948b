import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import type { Access } from '../access/index.ts'
import { clean } from '../ingest/index.ts'
import { findImports, type Site, type Sql, type StoredImport } from '../store/index.ts'
import { readJson } from '../body.ts'
import { beginLogDetail, endLogDetail, listDetail, oneDetail, takeDetail, undoDetail } from './detail.ts'
import type { Imports, WantedImport } from './imports.ts'
import { demandSource } from './sources.ts'

/** What the routes work with. */
export interface ImportParts {
  readonly sql: Sql
  readonly access: Access
  readonly imports: Imports
  /** Keeps a connection open as long as something can be read from it so often. */
  readonly keepOpen: (request: Request, silenceMs: number) => void
}

const silenceMs = 120_000
const maxLogBytes = 16_384
const known = ['source', 'label', 'name', 'timezone', 'hash']

/** Imports of a site: a file is sent, followed, and undone. For those who manage the site; no share link leads here. */
export function importRoutes({ sql, access, imports, keepOpen }: ImportParts) {
  const one = async (request: Request, id: string, importId: string): Promise<{ site: Site; row: StoredImport }> => {
    const site = await access.site(request, id, 'manage')
    const [row] = await findImports(sql, site.site_id, { id: importId })
    if (row === undefined) throw new HkError('not_found', 'There is no such import.')
    return { site, row }
  }

  return new Elysia({ detail: { tags: ['imports'] } })
    .get(
      '/api/sites/:id/imports',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        const hash = hashOf(new URL(request.url).searchParams)
        return { imports: (await findImports(sql, site_id, { hash })).map(shown) }
      },
      { detail: listDetail },
    )
    .post(
      '/api/sites/:id/imports',
      async ({ request, params, status }) => {
        const site = await access.site(request, params.id, 'manage')
        const wanted = readWanted(request)
        keepOpen(request, silenceMs)
        const { row, fresh } = await imports.take(site, wanted, request.body)
        return status(fresh ? 202 : 200, shown(row))
      },
      { parse: 'none', detail: takeDetail },
    )
    .post(
      '/api/sites/:id/imports/logs',
      async ({ request, params, status }) => {
        const site = await access.site(request, params.id, 'ingest')
        const label = labelOf(Object(await readJson(request, maxLogBytes)).label ?? '')
        return status(201, shown(await imports.beginLog(site, label)))
      },
      { parse: 'none', detail: beginLogDetail },
    )
    .post(
      '/api/sites/:id/imports/logs/:log/end',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'ingest')
        const leftOut = countsOf(Object(await readJson(request, maxLogBytes)).left_out ?? {})
        const [row] = await findImports(sql, site.site_id, { id: params.log })
        if (row?.source !== 'log') throw new HkError('not_found', 'There is no such import of a log.')
        return shown(await imports.endLog(site, row.id, leftOut))
      },
      { parse: 'none', detail: endLogDetail },
    )
    .get(
      '/api/sites/:id/imports/:import',
      async ({ request, params }) => shown((await one(request, params.id, params.import)).row),
      { detail: oneDetail },
    )
    .delete(
      '/api/sites/:id/imports/:import',
      async ({ request, params }) => {
        const { site, row } = await one(request, params.id, params.import)
        keepOpen(request, silenceMs)
        await imports.undo(site, row.id)
        return new Response(null, { status: 204 })
      },
      { detail: undoDetail },
    )
}

/** Reads what is asked of an import from the URL: the body is the file. */
function readWanted(request: Request): WantedImport {
  const query = new URL(request.url).searchParams
  const unknown = [...query.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) throw bad(unknown, `"${unknown.slice(0, 40)}" is no parameter. Known are ${known.join(', ')}.`)
  return {
    source: query.has('source') ? demandSource(query.get('source')) : undefined,
    label: labelOf(query.get('label') ?? ''),
    name: nameOf(query.get('name'), request.headers.get('content-type') ?? ''),
    timesIn: zoneOf(query.get('timezone') ?? 'UTC'),
    hash: hashOf(query),
  }
}

function labelOf(label: unknown): string {
  if (typeof label === 'string' && label.length <= 200) return clean(label, 200)
  throw bad('label', '"label" must be a text of at most 200 characters.')
}

/** How many lines were left out, by reason. */
function countsOf(counts: unknown): Record<string, number> {
  const isObject = typeof counts === 'object' && counts !== null && !Array.isArray(counts)
  const entries = isObject ? Object.entries(counts) : []
  const isCount = ([reason, count]: [string, unknown]) => /^[a-z_]{1,40}$/.test(reason) && Number.isSafeInteger(count) && Number(count) >= 0
  if (isObject && entries.length <= 40 && entries.every(isCount)) return Object.fromEntries(entries)
  throw bad('left_out', '"left_out" must be an object of reasons and whole numbers from 0 up.')
}

function hashOf(query: URLSearchParams): string | undefined {
  const hash = query.get('hash')?.toLowerCase()
  if (hash === undefined || /^[0-9a-f]{64}$/.test(hash)) return hash
  throw bad('hash', '"hash" must be the SHA-256 of the file, in hexadecimal.')
}

function nameOf(name: string | null, type: string): string {
  // Messages show it on terminals.
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = (name ?? '').replace(/[\u0000-\u001f\u007f-\u009f]/g, '').replace(/^.*[/\\]/, '').slice(0, 200)
  if (plain !== '') return plain
  return /ndjson/.test(type) ? 'upload.ndjson' : /json/.test(type) ? 'upload.json' : 'upload.csv'
}

function zoneOf(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw bad('timezone', '"timezone" must be a name of a time zone, as Europe/Berlin.')
  }
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}

/** An import as the API shows it. */
function shown({ id, source, label, state, first_day, last_day, rows, done, bytes, size, left_out, days_given_up, faults, error, created_at, finished_at }: StoredImport) {
  const progress = { records: done, bytes: state === 'done' ? size : Math.min(bytes, size), size }
  return { id, source, label, state, first_day, last_day, rows, progress, left_out, days_given_up, faults, error, created_at, finished_at }
}
