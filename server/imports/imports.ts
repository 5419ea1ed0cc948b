import { HkError, type ImportSource, importSources } from '@hk-live/sdk/protocol'
import {
  advance,
  beginImport,
  beginLogImport,
  commitInSite,
  endImport,
  endLogImport,
  findImports,
  isConflict,
  isTransient,
  lockSites,
  nativeSince,
  type Site,
  type Sql,
  type StoredImport,
  touchImports,
  type Transaction,
  undoImport,
  undoLogImport,
  type VersionRow,
  write,
} from '../store/index.ts'
import { openFiles } from './archive.ts'
import { Batch, Superseded } from './batch.ts'
import { refuse, type SourceContext, type SourceFile, type SourceRecord, type SourceSetting } from './source.ts'
import { sources } from './sources.ts'
import { receive, type Upload } from './upload.ts'

/** What is asked of an import. */
export interface WantedImport {
  /** What wrote the file; told by the file where it is left out. */
  readonly source: ImportSource | undefined
  readonly label: string
  /** Name of the file. */
  readonly name: string
  /** Time zone of times that do not say theirs. */
  readonly timesIn: string
  /** SHA-256 that the sender has worked out, in hexadecimal. */
  readonly hash: string | undefined
}

/** Takes over data of other systems. Disposing stops what runs after its step; it goes on when the file is sent again. */
export interface Imports extends AsyncDisposable {
  /**
   * Takes a file, checks it, and begins to import it, or goes on with it; `fresh` is `false` where it is imported already.
   *
   * @throws {HkError} `bad_request` where it is not of the format, `too_large`, `rate_limited`
   */
  take(site: Site, wanted: WantedImport, body: AsyncIterable<Uint8Array> | null): Promise<{ row: StoredImport; fresh: boolean }>
  /** Begins an import of access logs; its items are sent to the routes that take those of servers. */
  beginLog(site: Site, label: string): Promise<StoredImport>
  /** Ends an import of access logs. */
  endLog(site: Site, id: string, leftOut: Readonly<Record<string, number>>): Promise<StoredImport>
  /** Undoes an import, however far it is. */
  undo(site: Site, id: string): Promise<void>
  /** Resolves when nothing runs or waits here. */
  idle(): Promise<void>
}

/** What imports work with. */
export interface ImportsParts {
  readonly sql: Sql
  readonly now: () => number
  readonly publish: (versions: readonly VersionRow[]) => void
  /** Begins to compute roll-ups that were given up. */
  readonly roll: () => void
  /** Makes a setting of a site that comes with a takeout; `false` where the site has it, or cannot have it. */
  readonly restore: (site: Site, setting: SourceSetting) => Promise<boolean>
  readonly onError: (error: unknown) => void
  /** Bytes that a file may have. */
  readonly most?: number
  /** Waits between two steps, for as long as the step took; a test takes its own. */
  readonly rest?: (ms: number) => Promise<void>
}

interface Job {
  readonly site: Site
  readonly id: string
  readonly source: ImportSource
  readonly upload: Upload
  readonly records: AsyncIterator<SourceRecord>
}

const mostWaiting = 4
const tries = 8

/** Milliseconds between two signs that a node is at its imports, and without one after which it is thought to be gone. */
const watch = { everyMs: 2_000, lostMs: 10_000 }

/** Items of a step, and milliseconds that one should take: so long what comes in live waits for it. */
const pace = { first: 100, least: 25, most: 500, ms: 80 }

/** Makes imports. One runs at a time, in steps between which it leaves Postgres to others for as long as a step took. */
export function createImports(parts: ImportsParts): Imports {
  const { sql, now, publish, roll, onError, most = 8 * 2 ** 30 } = parts
  const { rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 2_000))) } = parts
  const running = new Set<string>()
  let closed = false
  let taking = 0
  let last = Promise.resolve()
  let looking = look()
  const timer = setInterval(() => (looking = looking.then(look)), watch.everyMs)

  /** Notes that this node is at its imports, and says of those that nobody is at any more that they were cut short. */
  async function look(): Promise<void> {
    try {
      for (const { site_id, id } of await touchImports(sql, [...running], watch.lostMs / 1_000)) {
        await end(site_id, id, 'It was cut short. Send the file again, and it goes on.')
      }
    } catch (error) {
      if (!closed && !isTransient(error)) onError(error)
    }
  }

  async function inSite<T>(siteId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { made, versions } = await sql.begin(async (tx) => {
      await lockSites(tx, [siteId])
      return { made: await work(tx), versions: await advance(tx, [{ site_id: siteId, kinds: { imports: 1 } }]) }
    })
    publish(versions)
    return made
  }

  function end(siteId: string, id: string, error: string | null): Promise<void> {
    return patiently(() => inSite(siteId, (tx) => endImport(tx, siteId, id, error)))
  }

  async function work(job: Job): Promise<void> {
    await using upload = job.upload
    void upload
    try {
      await steps(job)
      await end(job.site.site_id, job.id, null)
    } catch (error) {
      if (error instanceof Superseded) return
      if (!(error instanceof HkError) && !closed) onError(error)
      const message = error instanceof HkError ? error.message : 'Something went wrong here. The log of the service says what.'
      await end(job.site.site_id, job.id, message).catch(onError)
    } finally {
      await job.records.return?.()
      roll()
    }
  }

  async function steps(job: Job): Promise<void> {
    const { site, id, source, records } = job
    const [row] = await patiently(() => findImports(sql, site.site_id, { id }))
    const since = await patiently(() => nativeSince(sql, site.site_id))
    let done = row?.done ?? 0
    let read = 0
    let size = pace.first
    for (let over = false; !over; ) {
      const batch = new Batch(site, { id, source }, since, done, size)
      while (!batch.isFull) {
        const next = await records.next()
        over = next.done === true
        if (over) break
        if (read++ >= done) batch.add(next.value, now())
      }
      if (closed) throw new HkError('closed', 'The service went down. Send the file again, and it goes on.')
      if (batch.records === 0) continue
      for (const setting of batch.settings) {
        if (!(await patiently(() => parts.restore(site, setting)))) batch.leaveOut(`${setting.type} that is there, or cannot be`)
      }
      const began = performance.now()
      await commit(job, batch, done + batch.records)
      done += batch.records
      const took = performance.now() - began
      size = Math.round(Math.min(pace.most, Math.max(pace.least, (size * pace.ms) / took, size / 2), size * 2))
      if (!over) await rest(took)
    }
  }

  /** Does what may have met another transaction, or Postgres away for a moment, again. */
  async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await attempt()
      } catch (error) {
        if (count === tries || closed || !(isConflict(error) || isTransient(error))) throw error
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** count))
      }
    }
  }

  /** @param done records that are committed with the batch */
  async function commit({ site, id }: Job, batch: Batch, done: number): Promise<void> {
    const { group, beside } = batch.toWrite()
    try {
      publish((await patiently(() => write(sql, group, beside))).versions)
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      // A commit whose answer was lost is found committed when it is tried again.
      const [row] = await patiently(() => findImports(sql, site.site_id, { id }))
      if (row?.state !== 'running' || row.done !== done) throw error
    }
  }

  async function take(site: Site, wanted: WantedImport, body: AsyncIterable<Uint8Array> | null) {
    await using stack = new AsyncDisposableStack()
    const upload = stack.use(await receive(body, most))
    const { hash } = upload
    if (wanted.hash !== undefined && wanted.hash !== hash) {
      throw new HkError('bad_request', `The file has arrived with the SHA-256 ${hash}, which is not the one that was named. Send it again.`, { parameter: 'hash' })
    }
    const [known] = await findImports(sql, site.site_id, { hash })
    const isTaken = known?.state === 'running' && Math.abs(now() - known.touched_at.getTime()) < watch.lostMs
    if (known !== undefined && (known.state === 'done' || running.has(known.id) || isTaken)) return { row: known, fresh: false }
    const context = { domain: site.domain, timezone: site.timezone, timesIn: wanted.timesIn, now: now() }
    const files = await openFiles(upload, wanted.name)
    const { source, records } = await openSource(known?.source === 'log' ? undefined : (known?.source ?? wanted.source), files, context)
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const id = await inSite(site.site_id, (tx) => beginImport(tx, site.site_id, { source, label: wanted.label, hash, size }))
    const [row] = await findImports(sql, site.site_id, { id })
    if (row === undefined) throw new HkError('not_found', 'There is no such site.')
    stack.move()
    running.add(id)
    last = last.then(() => work({ site, id, source, upload, records })).catch(onError).finally(() => running.delete(id))
    return { row, fresh: true }
  }

  async function logImport(siteId: string, id: string): Promise<StoredImport> {
    const [row] = await findImports(sql, siteId, { id })
    if (row === undefined) throw new HkError('not_found', 'There is no such import of a log.')
    return row
  }

  return {
    async take(site, wanted, body) {
      if (closed) throw new HkError('unavailable', 'The service is going down.', { retryAfterMs: 2_000 })
      if (taking + running.size >= mostWaiting) {
        const message = `${mostWaiting} imports are running or waiting already. Try again when one is done.`
        throw new HkError('rate_limited', message, { retryAfterMs: 30_000 })
      }
      taking++
      try {
        return await take(site, wanted, body)
      } finally {
        taking--
      }
    },
    async beginLog(site, label) {
      // Nobody is told of it before it has brought something.
      return logImport(site.site_id, await sql.begin((tx) => beginLogImport(tx, site.site_id, label)))
    },
    async endLog(site, id, leftOut) {
      // Nobody is told of one that has brought nothing.
      await commitInSite(sql, { site_id: site.site_id, kinds: { imports: 1 } }, publish, (tx) => endLogImport(tx, site.site_id, id, leftOut))
      return logImport(site.site_id, id)
    },
    async undo(site, id) {
      const [row] = await findImports(sql, site.site_id, { id })
      await (row?.source === 'log' ? undoLogImport : undoImport)(sql, site, id, publish)
      roll()
    },
    async idle() {
      for (let seen: Promise<void> | undefined; seen !== last; ) await (seen = last)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await last
      await looking
    },
  }
}

/** Opens files as what they are said to be; where nothing is said, as the first source that takes them. */
async function openSource(
  named: ImportSource | undefined,
  files: readonly SourceFile[],
  context: SourceContext,
): Promise<{ source: ImportSource; records: AsyncIterator<SourceRecord> }> {
  const open = async (source: ImportSource) => {
    const records = (await sources[source].open(files, context))[Symbol.asyncIterator]()
    return { source, records }
  }
  if (named !== undefined) return open(named)
  for (const source of importSources) {
    try {
      return await open(source)
    } catch (error) {
      if (!(error instanceof HkError) || error.code !== 'bad_request') throw error
    }
  }
  throw refuse(`The format of this file was not recognized. These can be imported: ${Object.values(sources).map(({ about }) => about).join(' ')} Name its "source" to see what is missing.`)
}
