import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  addToVisits,
  type Context,
  type SessionItem,
  type Visit,
  visitGap,
} from '../../server/store/session.ts'

const context = (source: string): Context => ({
  hostname: '',
  referrer: '',
  source,
  channel: '',
  ai_source: '',
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_term: '',
  utm_content: '',
  country: '',
  region: '',
  city: '',
  lat: null,
  lon: null,
  device: '',
  browser: '',
  os: '',
  language: '',
})

const minute = 60_000

/** Items of one visitor within some hours; close together, so that gaps and ties are common. */
const items = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 300 }),
      type: fc.constantFrom('pageview' as const, 'event' as const, 'engagement' as const),
      page: fc.constantFrom('/', '/a', '/b'),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) =>
    list.map(({ minutes, type, page }, index): SessionItem => {
      const id = `0000000${index}`.slice(-8)
      return { id, type, page, at: minutes * minute, context: context(`source of ${id}`) }
    }),
  )

/** The definition, word for word: sort all items, cut where the gap is 30 minutes or more, look at each run. */
function byDefinition(all: readonly SessionItem[]) {
  const sorted = [...all].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const runs: SessionItem[][] = []
  for (const item of sorted) {
    const previous = runs.at(-1)?.at(-1)
    if (previous !== undefined && item.at - previous.at < visitGap) runs.at(-1)?.push(item)
    else runs.push([item])
  }
  return runs.map((run) => {
    const views = run.filter((item) => item.type === 'pageview')
    const [first] = run
    if (first === undefined) throw new Error('A run has an item')
    const entryAt = Math.min(...views.map((view) => view.at))
    const exitAt = Math.max(...views.map((view) => view.at))
    const pagesAt = (at: number) =>
      views
        .filter((view) => view.at === at)
        .map((view) => view.page)
        .sort()
    return {
      started_at: first.at,
      last_at: Math.max(...run.map((item) => item.at)),
      source: first.context.source,
      pageviews: views.length,
      events: run.filter((item) => item.type === 'event').length,
      entry_page: pagesAt(entryAt).at(0) ?? '',
      exit_page: pagesAt(exitAt).at(-1) ?? '',
      items: run.map((item) => item.id).sort(),
    }
  })
}

/** Feeds items in parts, as commits do, and keeps what a store would keep. */
function inParts(parts: readonly (readonly SessionItem[])[]) {
  const visits = new Map<string, Visit>()
  const visitOf = new Map<string, string>()
  for (const part of parts) {
    const session = addToVisits([...visits.values()], part)
    for (const [gone, kept] of session.merged) {
      visits.delete(gone)
      for (const [item, visit] of visitOf) if (visit === gone) visitOf.set(item, kept)
    }
    for (const visit of session.visits) visits.set(visit.visit_id, visit)
    for (const [item, visit] of session.visitOf) visitOf.set(item, visit)
  }
  return [...visits.values()]
    .sort((a, b) => a.started_at - b.started_at)
    .map(({ visit_id, started_at, last_at, pageviews, events, entry_page, exit_page, context }) => ({
      started_at,
      last_at,
      source: context.source,
      pageviews,
      events,
      entry_page,
      exit_page,
      items: [...visitOf]
        .filter(([, visit]) => visit === visit_id)
        .map(([item]) => item)
        .sort(),
    }))
}

/** A pageview some minutes after the first. */
const at = (minutes: number, id: string): SessionItem => ({
  id,
  type: 'pageview',
  page: '/',
  at: minutes * minute,
  context: context(''),
})

describe('visits', () => {
  test('are the same whatever the order and the parts in which their items arrive', () => {
    fc.assert(
      fc.property(
        items.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length }),
            fc.infiniteStream(fc.nat(4)),
          ),
        ),
        ([list, shuffled, cuts]) => {
          const parts: SessionItem[][] = []
          let rest = shuffled
          while (rest.length > 0) {
            const size = 1 + (cuts.next().value ?? 0)
            parts.push(rest.slice(0, size))
            rest = rest.slice(size)
          }
          expect(inParts(parts)).toEqual(byDefinition(list))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('end after 30 quiet minutes, not before', () => {
    expect(inParts([[at(0, 'a'), at(29.99, 'b')]]).length).toBe(1)
    expect(inParts([[at(0, 'a'), at(30, 'b')]]).length).toBe(2)
  })

  test('keep the id of the earlier stored visit when a late item joins two', () => {
    const early = addToVisits([], [at(0, 'early')]).visits
    const late = addToVisits(early, [at(50, 'late')]).visits
    const { visits, merged, visitOf } = addToVisits([...early, ...late], [at(25, 'bridge')])
    expect(visits.map((visit) => visit.visit_id)).toEqual(['early'])
    expect([...merged]).toEqual([['late', 'early']])
    expect(visitOf.get('bridge')).toBe('early')
  })
})
