import { expect, test } from 'bun:test'
import { createPlatform } from '../../sdk/platform.ts'
import { createPoller } from '../../sdk/poll.ts'
import { Clock } from './clock.ts'

/** A poller whose questions the test answers. */
function polls() {
  const clock = new Clock()
  const answers: ((floor: number) => void)[] = []
  const ask = () => new Promise<number>((resolve) => answers.push(resolve))
  const poller = createPoller(ask, createPlatform({ timers: clock, now: clock.now, random: () => 0.5 }))
  return { clock, poller, answers }
}

test('polls every 30 s, counted from the answer', async () => {
  const { clock, poller, answers } = polls()
  poller.run(true)
  await clock.advance(29_999)
  expect(answers).toHaveLength(0)
  await clock.advance(60_000)
  expect(answers).toHaveLength(1)
  answers[0]?.(0)
  await clock.advance(29_999)
  expect(answers).toHaveLength(1)
  await clock.advance(1)
  expect(answers).toHaveLength(2)
})

test('polls one question at a time, and at once only where none is on its way', async () => {
  const { clock, poller, answers } = polls()
  poller.run(true)
  poller.now()
  poller.now()
  await clock.settle()
  expect(answers).toHaveLength(1)
})

test('leaves the service alone for as long as it asks', async () => {
  const { clock, poller, answers } = polls()
  poller.run(true)
  poller.now()
  answers[0]?.(60_000)
  await clock.advance(89_999)
  expect(answers).toHaveLength(1)
  await clock.advance(1)
  expect(answers).toHaveLength(2)
})

test('drops the answer that comes after the rounds have ended', async () => {
  const { clock, poller, answers } = polls()
  poller.run(true)
  poller.now()
  poller.run(false)
  answers[0]?.(0)
  await clock.advance(100_000)
  expect(answers).toHaveLength(1)
  expect(clock.pending).toBe(0)
})
