/**
 * Where the time of one ingest transaction goes: `write` of the store, called in this process with groups of 50 and of
 * 500 pageviews of 50,000 visitors, on the embedded Postgres, one after another and with nothing beside it.
 *
 * Statements of one step go to Postgres together and are answered in turn, so the time of each is from the answer before
 * it to its own. What this process works out between reading and writing is in that of the first statement that writes;
 * it is shown apart, as processor time of this process, which has the driver's reading and writing as well.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { createSite, type NewItem, openStore, type Sql, type Transaction, write } from '../../server/store/index.ts'
import type { Benchmark } from './benchmark.ts'
import { openCluster } from './stage.ts'
import { round } from './stats.ts'

const visitors = 50_000
const pages = Array.from({ length: 200 }, (_, n) => `/products/item-${n}`)
const cities = Array.from({ length: 100 }, (_, n) => `City ${n}`)

/** Where the time of a commit goes. */
export const commit: Benchmark = {
  name: 'commit',
  question: 'where the time of an ingest transaction goes, statement by statement',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const tables = []
    const figures: Record<string, unknown> = {}
    for (const size of [50, 500]) {
      tell(`groups of ${size}`)
      const url = await cluster.database(`commit_${size}`)
      const store = await bed.open(() => openStore({ databaseUrl: url, dataDir: '' }))
      const site = await createSite(store.sql, 'default', {
        domain: 'shop.example',
        name: 'Shop',
        timezone: 'UTC',
        currency: 'EUR',
        retention_days: null,
      })
      const group = () => ({ items: Array.from({ length: size }, () => makeItem(site.site_id)), fetches: [] })
      for (let n = 0; n < (quick ? 2 : 120); n++) {
        // A fresh database has no statistics of its own for its first minute.
        if (n === 40) await cluster.analyze(url)
        await write(store.sql, group())
      }
      const rounds = quick ? 2 : 120
      const groups = Array.from({ length: rounds }, group)
      const clock = createClock()
      const watched = watch(store.sql, clock)
      const began = performance.now()
      const before = process.cpuUsage()
      for (const one of groups) {
        clock.start()
        await write(watched, one)
      }
      const { user, system } = process.cpuUsage(before)
      const whole = round((performance.now() - began) / rounds, 1)
      const own = round((user + system) / 1_000 / rounds, 1)
      const steps = [...clock.sums].map(([step, ms]) => ({ step, ms: round(ms / rounds, 2) })).toSorted((a, b) => b.ms - a.ms)
      figures[size] = { whole, own, steps }
      tables.push({
        title: `A commit of ${size} pageviews: ${whole} ms, of which this process works ${own} ms`,
        columns: ['until the answer to', 'ms'],
        rows: steps.map(({ step, ms }) => [step, ms]),
      })
    }
    return { postgres: cluster.version, tables, notes: [cluster.durability], figures }
  },
}

/** Adds up the time between answers, by what was answered. */
function createClock() {
  const sums = new Map<string, number>()
  let last = 0
  return {
    sums,
    start: () => (last = performance.now()),
    answered(step: string) {
      const now = performance.now()
      sums.set(step, (sums.get(step) ?? 0) + now - last)
      last = now
    },
  }
}

/** The store, with each answer told to a clock. */
function watch(sql: Sql, clock: ReturnType<typeof createClock>): Sql {
  const inside = (tx: Transaction) =>
    new Proxy(tx, {
      apply(target, self, words: unknown[]) {
        const query: unknown = Reflect.apply(target, self, words)
        const [text] = words
        if (!Array.isArray(text) || !('raw' in text) || !(query instanceof Promise)) return query
        const step = nameOf(text.join('?'))
        // Fragments begin otherwise, and are answered as part of a statement.
        return step === undefined ? query : query.finally(() => clock.answered(step))
      },
    })
  return new Proxy(sql, {
    get(target, name) {
      if (name !== 'begin') return Reflect.get(target, name)
      return async (run: (tx: Transaction) => Promise<unknown>) => {
        const done = await target.begin((tx) => {
          clock.answered('begin')
          return run(inside(tx))
        })
        clock.answered('commit')
        return done
      }
    },
  })
}

/** What a statement does to what, by its first words. */
function nameOf(text: string): string | undefined {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.startsWith('with changed')) return 'update site_versions'
  if (line.startsWith('select site_id || id')) return 'select known ids'
  const [, verb, table] =
    /^(insert into|update) (\w+)/.exec(line) ?? /^(select) .*? from (items|visits|sites|site_versions)\b/.exec(line) ?? []
  return verb === undefined ? undefined : `${verb} ${table}`
}

const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)]

function makeItem(site_id: string): NewItem {
  const visitor = Math.floor(Math.random() * visitors)
  const at = Date.now()
  const campaign = { utm_source: '', utm_medium: '', utm_campaign: '', utm_term: '', utm_content: '' }
  return {
    site_id,
    id: randomUUID(),
    type: 'pageview',
    at,
    received_at: at,
    visitor_id: String(visitor * 1_000_003),
    page: pick(pages) ?? '/',
    name: '',
    value: null,
    props: null,
    context: {
      ...campaign,
      hostname: 'shop.example',
      referrer: '',
      source: pick(['', 'Google', 'news.example']) ?? '',
      channel: pick(['Direct', 'Organic Search']) ?? '',
      ai_source: '',
      country: 'GB',
      region: '',
      city: cities[visitor % cities.length] ?? '',
      lat: 51.5,
      lon: -0.1,
      device: pick(['desktop', 'mobile']) ?? '',
      browser: pick(['Chrome', 'Firefox', 'Safari']) ?? '',
      os: pick(['Linux', 'Windows', 'macOS']) ?? '',
      language: 'en-GB',
    },
  }
}
