import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import { HkError, importSources } from '@hk-live/sdk/protocol'
import { createMeter, type Terminal } from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'
import { packFiles } from './pack.ts'

/** An import as the API shows it. */
interface ImportShown {
  readonly id: string
  readonly source: string
  readonly label: string
  readonly state: 'running' | 'done' | 'failed' | 'undone'
  readonly first_day: string | null
  readonly last_day: string | null
  readonly rows: number
  readonly progress: { readonly records: number; readonly bytes: number; readonly size: number }
  readonly left_out: Readonly<Record<string, number>>
  readonly faults: readonly string[]
  readonly error: string | null
}

/** What is sent: its name, its length where it is known, and its bytes, which can be read again. */
interface Parcel {
  readonly name: string
  readonly size: number
  readonly open: () => AsyncIterable<Uint8Array>
}

/** What a command writes progress to, and how it waits; a test takes its own. */
export interface ImportTools {
  readonly terminal: Terminal
  readonly wait: (ms: number) => Promise<void>
}

const usual: ImportTools = {
  terminal: process.stderr,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
const usage = `Usage: hk import ${importSources.join('|')} FILE… --site ID [--label L] [--timezone Z]`
const pollMs = 500
const tries = 20

/**
 * `hk import SOURCE FILE… --site ID [--label L] [--timezone Z]`: data of another system. A folder, and several files, are
 * packed and sent as one. The same files again are the same import: what was cut short goes on.
 */
export async function importData(
  api: Api,
  [source, ...paths]: readonly string[],
  options: Options,
  { terminal, wait }: ImportTools = usual,
): Promise<string> {
  if (source === undefined || paths.length === 0 || !importSources.some((one) => one === source)) throw new CommandError(usage)
  const { id: site } = await siteOf(api, options)
  const parcel = await parcelOf(paths)
  const draw = createMeter(terminal)
  const hash = await hashOf(parcel, (share) => draw({ text: 'reading', share, done: false }))
  const base = `/api/sites/${site}/imports`
  const { imports } = await api.ask<{ imports: ImportShown[] }>('GET', `${base}?hash=${hash}`)
  const [known] = imports
  if (known !== undefined && known.source !== source) throw new CommandError(`These files were imported as ${known.source} already: ${known.id}.`)
  if (known?.state === 'done') return `This was imported already. ${describe(known)}`
  const query = new URLSearchParams({ source, name: parcel.name, hash })
  for (const name of ['label', 'timezone']) {
    if (typeof options[name] === 'string') query.set(name, options[name])
  }
  const sent = () => counted(parcel, (share) => draw({ text: 'sending', share, done: false }))
  let shown = await patient(() => api.upload<ImportShown>(`${base}?${query}`, sent()), wait)
  while (shown.state === 'running') {
    const { progress, rows } = shown
    const text = `importing, ${progress.records.toLocaleString('en')} records, ${rows.toLocaleString('en')} taken over`
    draw({ text, share: progress.size === 0 ? undefined : progress.bytes / progress.size, done: false })
    await wait(pollMs)
    const { id } = shown
    shown = await patient(() => api.ask<ImportShown>('GET', `${base}/${id}`), wait)
  }
  draw({ text: `${shown.state}: ${shown.rows.toLocaleString('en')} taken over`, done: true })
  if (shown.state === 'done') return describe(shown)
  const lines = [`The import ${shown.id} is ${shown.state}. ${shown.error ?? ''}`.trim(), ...faultsOf(shown)]
  const back = shown.state === 'failed' ? [`hk imports undo ${shown.id} takes back what it brought, so that another file can have its days.`] : []
  throw new CommandError([...lines, ...back].join('\n'))
}

/** `hk imports [undo ID] --site ID`. */
export async function imports(api: Api, [action = 'list', id]: readonly string[], options: Options): Promise<string> {
  const { id: site } = await siteOf(api, options)
  const base = `/api/sites/${site}/imports`
  if (action === 'list') {
    const { imports: rows } = await api.ask<{ imports: ImportShown[] }>('GET', base)
    const cells = rows.map((row) => [row.id, row.source, row.state, daysOf(row), `${row.rows} rows`, row.label || '–'])
    return table(cells, 'No imports yet: hk import SOURCE FILE')
  }
  if (action === 'undo' && id !== undefined) {
    await api.ask('DELETE', `${base}/${idFrom(id)}`)
    return `Undid ${id}: what it brought is gone.`
  }
  throw new CommandError('Usage: hk imports [undo ID] --site ID')
}

/** Asks again where the service is busy or away for a moment. */
export async function patient<T>(ask: () => Promise<T>, wait: ImportTools['wait'] = usual.wait): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const passes = error instanceof HkError && ['rate_limited', 'unavailable', 'network'].includes(error.code)
      if (!passes || attempt >= tries) throw error
      await wait(error.retryAfterMs ?? Math.min(30_000, 500 * 2 ** attempt))
    }
  }
}

async function parcelOf(paths: readonly string[]): Promise<Parcel> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  const [first] = files
  if (first === undefined) throw new CommandError(`There is no file to import in ${paths.join(', ')}.`)
  if (files.length === 1 && paths[0] === first.path) {
    return { name: basename(first.path), size: first.size, open: () => createReadStream(first.path) }
  }
  const packed = files.map(({ path }) => ({ name: basename(path), open: () => createReadStream(path) }))
  const twice = packed.find(({ name }, index) => packed.findIndex((one) => one.name === name) !== index)
  if (twice !== undefined) throw new CommandError(`Two files are called ${twice.name}. Rename one.`)
  return { name: 'files.zip', size: files.reduce((sum, { size }) => sum + size, 0), open: () => packFiles(packed) }
}

/** A file, or the files of a folder that can be imported. */
async function filesOf(path: string): Promise<{ path: string; size: number }[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new CommandError(`There is no file ${path}.`)
  if (found.isFile()) return [{ path, size: found.size }]
  const names = (await readdir(path)).filter((name) => /\.(csv|json|ndjson|jsonl)$/i.test(name)).toSorted()
  return Promise.all(names.map(async (name) => ({ path: join(path, name), size: (await stat(join(path, name))).size })))
}

async function hashOf(parcel: Parcel, onShare: (share: number) => void): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of counted(parcel, onShare)) hash.update(chunk)
  return hash.digest('hex')
}

async function* counted({ open, size }: Parcel, onShare: (share: number) => void): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of open()) {
    read += chunk.byteLength
    onShare(read / Math.max(1, size))
    yield chunk
  }
}

function describe(row: ImportShown): string {
  const number = (value: number) => value.toLocaleString('en')
  const left = Object.entries(row.left_out).toSorted(([, a], [, b]) => b - a)
  return [
    `${row.id}: ${number(row.rows)} rows of ${row.source}, ${daysOf(row)}.`,
    `Left out: ${left.map(([reason, count]) => `${number(count)} ${reasons[reason] ?? reason}`).join(', ') || 'nothing'}.`,
    ...faultsOf(row),
    `hk imports undo ${row.id} takes it back.`,
  ].join('\n')
}

const reasons: Readonly<Record<string, string>> = {
  overlap: 'of days that the site has of its own',
  taken: 'of days of another import',
  malformed: 'that could not be read',
}

function daysOf({ first_day, last_day }: ImportShown): string {
  return first_day === null ? 'no days' : `${first_day} to ${last_day}`
}

function faultsOf({ faults }: ImportShown): string[] {
  return faults.length === 0 ? [] : ['Not readable, as', ...faults.map((fault) => `  ${fault}`)]
}
