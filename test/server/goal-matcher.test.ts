import { expect, test } from 'bun:test'
import fc from 'fast-check'
import postgres from 'postgres'
import { matcherOfGoal } from '../../server/store/goal.ts'
import { freshDatabase } from '../support/postgres.ts'

test('a number of a property is the same text in roll-ups as in Postgres', async () => {
  const sql = postgres(await freshDatabase(), { max: 1 })
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom(1e-7, -1.5e-9, 1e21, 3e25))
  await fc.assert(
    fc.asyncProperty(number, async (value) => {
      const x = Object.is(value, -0) ? 0 : value
      const [row] = await sql<[{ text: string }]>`select ${sql.json({ x })}::jsonb ->> 'x' as text`
      const goal = { goal_id: 'g', type: 'event' as const, pattern: '*', conditions: [{ property: 'x', value: row.text }] }
      expect(matcherOfGoal(goal)({ type: 'event', page: '/', name: 'e', props: { x } })).toBe(true)
    }),
    { numRuns: 300 },
  )
  await sql.end()
})
