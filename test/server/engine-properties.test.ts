/** Properties as the journal has them: what the engine reads of them is what `matcherOfGoal` reads of what was sent. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import sql, { join } from 'sql-template-tag'
import { does } from '../../server/reports/count/patterns.ts'
import { type GoalCondition, matcherOfGoal } from '../../server/store/goal.ts'
import type { NewItem } from '../../server/store/index.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { beyond, commitAll, literally, rowsOf, texts } from '../support/sent.ts'
import { openService, type TestService } from '../support/service.ts'

const at = Date.UTC(2026, 9, 20)

let service: TestService
let counting: Counting
beforeAll(async () => {
  service = await openService()
  counting = await openCounting(service.assembly.sql, () => at + 1)
}, 60_000)
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

/** Names that mean something in paths into JSON, or to who writes them. */
const names = ['plan', '', '0', '-', 'a/b', 'a~b', '~0', '~1', '$', '$.plan', '*', '"', '[0]', '#', 'a.b', '\\', 'ключ', '🦊', 'a"b\\', ...texts.slice(1, 6)]
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: -30, max: 30 }).chain((exponent) => fc.integer({ min: 1, max: 999 }).map((digits) => Number(`${digits}e${exponent}`))),
  fc.constantFrom(1e21, -1e21, 1e-7, -1.5e-9, 0.1, -0, 2 ** 53, 2 ** 63, -(2 ** 63), 2 ** 64, beyond, 5e-324, 1.7976931348623157e308, 0.000001, 0.00001234),
)
const value = fc.oneof({ weight: 3, arbitrary: numbers }, fc.constantFrom<unknown>(...texts, true, false, null, [], [1], { plan: 'x' }, '1e-7', '0.1', 'e-7'), fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')))
const props = fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 }) })

/** A number as it is written without an exponent. */
const plainly = (number: number) => BigInt(Math.round(number)) === BigInt(0) || !Number.isInteger(number) ? String(number) : String(BigInt(number))

/** Patterns that values fit, wholly or in part. */
const pattern = fc.oneof(
  value.filter((one) => typeof one !== 'object').map((one) => literally(typeof one === 'number' ? plainly(one) : String(one))),
  numbers.map((number) => `${String(number).slice(0, 3)}*`),
  fc.constantFrom('*', '0.0000001', '0.*', '-*', '*0', '*e*', '-0.0000000015', '1000000000000000000000', '12345678901234567000', 'true', 't*', '*"*', '[*', '*\\\\*'),
)
const conditions: fc.Arbitrary<GoalCondition[]> = fc.array(fc.record({ property: fc.constantFrom(...names), value: pattern }), { minLength: 1, maxLength: 2 })

function eventsOf(site: string, all: readonly (Readonly<Record<string, unknown>> | null)[]): NewItem[][] {
  return rowsOf(site, all.map((one) => ({ visitor: 0, around: 0, step: 0, beside: 0, type: 'event', page: 0, name: 0, props: one, context: 0, commit: 0, again: false })), [at], 'UTC')
}

/** Which of some goals each item reaches, by the engine. */
async function reached(site: string, goals: readonly { type: 'event'; pattern: string; conditions: GoalCondition[] }[]): Promise<Map<string, readonly boolean[]>> {
  const list = join(goals.map(does))
  const rows = await counting.sites.ask(site, (data) => data.all<{ id: string; does: boolean[] }>(sql`select id::varchar as id, [${list}] as does from items i`))
  return new Map(rows?.map((row) => [row.id, row.does]))
}

test('the engine and the matcher agree whether an event reaches a goal with conditions', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(fc.array(props, { minLength: 1, maxLength: 40 }), fc.array(conditions, { minLength: 1, maxLength: 20 }), async (sent, asked) => {
      const site = await service.makeSite()
      const items = await commitAll(service.assembly.sql, eventsOf(site, sent))
      // A condition that a value of a property fits, for each of the first.
      const fitting = sent.slice(0, 8).flatMap((one) => Object.entries(one ?? {}).slice(0, 1)).map(([property, given]) => [{ property, value: typeof given === 'number' ? `${String(given).slice(0, 2)}*` : literally(String(given)) }])
      const goals = [...asked, ...fitting].map((own, index) => ({ goal_id: String(index), type: 'event' as const, pattern: '*', conditions: own }))
      const engine = await reached(site, goals)
      for (const item of items) {
        const expected = goals.map((goal) => matcherOfGoal(goal)({ ...item, type: 'event' }))
        found += expected.filter(Boolean).length
        expect([item.props, engine.get(item.id)]).toEqual([item.props, expected])
      }
    }),
    { numRuns: 40 },
  )
  expect(found).toBeGreaterThan(100)
}, 120_000)

test('a number is compared as it is written without an exponent, to its last digit', async () => {
  const site = await service.makeSite()
  const written: [number, string][] = [
    [1e21, '1000000000000000000000'], [-1.5e25, '-15000000000000000000000000'], [1e-7, '0.0000001'], [-1.5e-9, '-0.0000000015'], [0.1, '0.1'], [-0, '0'],
    [2 ** 53, '9007199254740992'], [beyond, '12345678901234567000'], [5e-324, `0.${'0'.repeat(323)}5`],
    [1.7976931348623157e308, `17976931348623157${'0'.repeat(292)}`], [0.000001, '0.000001'], [1.25e-10, '0.000000000125'], [100, '100'],
  ]
  await commitAll(service.assembly.sql, eventsOf(site, written.map(([x]) => ({ x }))))
  const engine = await reached(site, written.map(([, text]) => ({ type: 'event', pattern: '*', conditions: [{ property: 'x', value: text }] })))
  const places = [...engine.values()].map((row) => row.flatMap((one, index) => (one ? [index] : [])))
  expect(places.toSorted(([a = 0], [b = 0]) => a - b)).toEqual(written.map((_, index) => [index]))
})
