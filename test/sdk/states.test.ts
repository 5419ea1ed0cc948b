import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createMachine, isActive, isBridged, step } from '../../sdk/states.ts'
import type { Input, Machine, StateName } from '../../sdk/states.ts'
import { transitions } from './transitions.ts'

const outer = ['start', 'stop', 'close', 'resumed', 'hidden', 'offline'] as const
const inner = ['hello', 'healthy', 'failed', 'mute', 'unsupported', 'denied', 'retry', 'woke'] as const
const types = [...outer, ...inner]
const states: StateName[] = [
  'idle',
  'connecting',
  'live',
  'polling',
  'backoff',
  'hidden',
  'offline',
  'unauthorized',
  'closed',
]

const current = (machine: Machine, type: Input['type']): Input => {
  const isOuter = (name: string): name is (typeof outer)[number] => outer.some((known) => known === name)
  return isOuter(type) ? { type } : { type, generation: machine.generation }
}

const inputs = fc.record({
  type: fc.constantFrom(...types),
  /** How many generations the input is late. */
  late: fc.constantFrom(0, 0, 0, 1, 2),
  floor: fc.constantFrom(0, 0, 5_000),
  ms: fc.constantFrom(0, 100, 3_000, 20_000),
})

interface Step {
  input: Input
  before: Machine
  after: Machine
  effects: readonly string[]
  now: number
}

/** Walks through random inputs and looks at each step. */
function walk(look: (step: Step, open: number) => void): void {
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 60 }), (walked) => {
      let machine = createMachine()
      let now = 1_000_000
      let open = 0
      for (const { type, late, floor, ms } of walked) {
        now += ms
        const fresh = current(machine, type)
        const input =
          'generation' in fresh ? { ...fresh, generation: fresh.generation - late, floor } : fresh
        const { machine: after, effects } = step(machine, input, now)
        for (const effect of effects) open += effect === 'connect' ? 1 : effect === 'disconnect' ? -1 : 0
        look({ input, before: machine, after, effects, now }, open)
        machine = after
      }
    }),
    { numRuns: 400 },
  )
}

describe('the states of a connection', () => {
  for (const from of states) {
    test(`lead from ${from} where the table says`, () => {
      const machine: Machine = { ...createMachine(), state: from, generation: 7 }
      for (const type of types) {
        const { machine: after } = step(machine, current(machine, type), 0)
        expect(`${from} × ${type} → ${after.state}`).toBe(`${from} × ${type} → ${transitions[from][type]}`)
      }
    })
  }

  test('hold at most one attempt, and exactly one while connecting or live', () => {
    walk(({ after }, open) => expect(open).toBe(isActive(after.state) ? 1 : 0))
  })

  test('take nothing from an attempt or a timer that is over', () => {
    walk(({ input, before, after, effects }) => {
      if (!('generation' in input) || input.generation === before.generation) return
      expect(after).toBe(before)
      expect(effects).toEqual([])
    })
  })

  test('number each attempt and each wait anew', () => {
    walk(({ before, after, effects }) => {
      expect(after.generation).toBeGreaterThanOrEqual(before.generation)
      if (effects.length > 0) expect(after.generation).toBe(before.generation + 1)
    })
  })

  test('are over once closed', () => {
    walk(({ before, after, effects }) => {
      if (before.state !== 'closed') return
      expect(after.state).toBe('closed')
      expect(effects).toEqual([])
    })
  })

  test('do not touch the network while paused', () => {
    walk(({ after, effects }) => {
      if (!after.paused) return
      expect(effects).not.toContain('connect')
      expect(effects).not.toContain('poll')
      expect(isActive(after.state) || isBridged(after.state)).toBe(false)
    })
  })

  test('do not come back before the time that the service named', () => {
    walk(({ after, effects, now }) => {
      if (effects.includes('connect')) expect(now).toBeGreaterThanOrEqual(after.notBefore)
    })
  })

  test('wait in backoff and polling, so that neither is for ever', () => {
    walk(({ before, after, effects }) => {
      if (after.generation === before.generation) return
      expect(effects.includes('wait')).toBe(after.state === 'backoff' || after.state === 'polling')
    })
  })

  test('poll from the second mute attempt on, until a stream is healthy', () => {
    let machine = createMachine()
    const send = (type: Input['type']) => {
      machine = step(machine, current(machine, type), 0).machine
    }
    for (const type of ['start', 'mute', 'retry', 'mute'] as const) send(type)
    expect(machine.state).toBe('polling')
    for (const type of ['retry', 'failed'] as const) send(type)
    expect(machine.state).toBe('polling')
    for (const type of ['retry', 'hello', 'failed'] as const) send(type)
    expect(machine.state).toBe('polling')
    for (const type of ['retry', 'hello', 'healthy', 'failed'] as const) send(type)
    expect(machine.state).toBe('backoff')
  })

  test('hold no sleep against streams', () => {
    let machine = createMachine()
    for (const type of ['start', 'woke', 'retry', 'woke', 'retry', 'hello', 'woke'] as const) {
      machine = step(machine, current(machine, type), 0).machine
    }
    expect(machine).toMatchObject({ state: 'connecting', failures: 0, strikes: 0 })
  })

  test('forget failures only when a stream is healthy, not when it says hello', () => {
    let machine = createMachine()
    const send = (type: Input['type']) => {
      machine = step(machine, current(machine, type), 0).machine
    }
    for (const type of ['start', 'failed', 'retry', 'hello', 'failed', 'retry', 'hello'] as const) send(type)
    expect(machine.failures).toBe(2)
    send('healthy')
    expect(machine.failures).toBe(0)
  })
})
