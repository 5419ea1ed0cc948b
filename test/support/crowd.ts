import { kinds as allKinds, type Kind, parsePosition, type Position } from '@hk-live/sdk/protocol'
import { expect } from 'bun:test'
import { readStream, type StreamReader } from './sse.ts'

/** What a test knows of a site: what it was answered, nothing that a stream has told. */
export interface KnownSite {
  readonly id: string
  readonly head: Position
  /** Kinds that each commit changed, by its seq. */
  readonly commits: ReadonlyMap<number, readonly Kind[]>
}

/** A raw reader of a stream, that can stop to take anything for a while. */
export interface RawReader {
  readonly site: KnownSite
  /** Position it was opened with, as it was written. */
  readonly since: string | undefined
  readonly stream: StreamReader
  /** Whether it has ever stopped, so that the service may have let it go. */
  readonly paused: boolean
  pause(): void
  resume(): void
}

/** Reads a response raw. */
export function readRaw(
  response: Response,
  known: Pick<RawReader, 'site' | 'since'>,
): RawReader {
  let paused = false
  let gate: Promise<void> | undefined
  let open = () => {}
  const through = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await gate
      controller.enqueue(chunk)
    },
  })
  return {
    ...known,
    stream: readStream(new Response(response.body?.pipeThrough(through))),
    get paused() {
      return paused
    },
    pause() {
      paused = true
      gate ??= new Promise((resolve) => {
        open = () => {
          gate = undefined
          resolve()
        }
      })
    },
    resume: () => open(),
  }
}

/** Kinds that changed after one commit of a site and up to another. */
function changedBetween({ commits }: KnownSite, after: number, upTo: number): Kind[] {
  const changed = new Set<Kind>()
  for (let seq = after + 1; seq <= upTo; seq += 1) for (const kind of commits.get(seq) ?? []) changed.add(kind)
  return allKinds.filter((kind) => changed.has(kind))
}

/**
 * Holds a reader's events against what is known of its site: each tells exactly the kinds that changed
 * since the one before, from the reader's own position on, and no position goes backwards.
 *
 * @returns the position up to which it has heard of all; `undefined` where it was not greeted yet
 */
export function demandTruth({ site, since, stream }: RawReader): Position | undefined {
  const [hello, ...events] = stream.seen
  if (hello === undefined) return undefined
  // Its credential died while it was asked for.
  if (hello.event === 'bye') {
    expect([hello.data.reason, events]).toEqual(['revoked', []])
    return undefined
  }
  expect(hello.event).toBe('hello')
  const greeted = read(hello.id)
  const own = since === undefined ? undefined : parsePosition(since)
  const recovered = own !== undefined && own.epoch === greeted.epoch && own.seq <= greeted.seq
  expect(hello.data.recovered).toBe(recovered)
  if (since !== undefined && !recovered) expect(events[0]?.event ?? 'analytics.resync').toBe('analytics.resync')
  let at = recovered ? own : greeted
  let newest = greeted
  for (const { event, id, data } of events) {
    if (id === undefined) continue
    const position = read(id)
    if (position.epoch === newest.epoch) expect(position.seq).toBeGreaterThanOrEqual(newest.seq)
    newest = position
    if (event === 'analytics.changed') {
      expect(data.site_id).toBe(site.id)
      expect(position.epoch).toBe(at.epoch)
      expect(data.kinds).toEqual(changedBetween(site, at.seq, position.seq))
    } else if (event === 'analytics.resync') {
      expect(data.site_id).toBe(site.id)
    } else {
      expect([event, id]).toEqual(['ping', `${at.epoch}.${at.seq}`])
    }
    at = position
  }
  const bye = stream.seen.findIndex(({ event }) => event === 'bye')
  if (bye !== -1) expect(bye).toBe(stream.seen.length - 1)
  return at
}

function read(id: string | undefined): Position {
  const position = parsePosition(id ?? '')
  if (position === undefined) throw new Error(`"${id}" is no position.`)
  return position
}
