/** `hk goals`, `hk funnels`, `hk annotations`, `hk exclusions` and `hk status`, against a service that listens. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { spawn } from '../support/process.ts'
import { browserAgent, pageview } from '../support/service.ts'


let service: OperatedService

beforeAll(async () => {
  service = await openOperated()
  await hk('sites', 'add', 'shop.example')
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** What a command says. */
const hk = (...words: string[]) => service.hk(...words)

/** The id of the thing that a command says it has made. */
const idIn = (text: string) => /(?:goal|funnel|annotation|exclusion) ([a-z0-9]{10})\b/.exec(text)?.[1] ?? ''

describe('hk goals', () => {
  test('makes goals of pages and events, lists and removes them', async () => {
    expect(await hk('goals')).toBe('No goals yet: hk goals add NAME --page PATTERN')
    const page = await hk('goals', 'add', 'Thanks', '--page', '/thanks*', '--value', '12.5')
    expect(page).toContain('Thanks (page /thanks*)')
    const event = await hk('goals', 'add', 'Joined', '--event', 'signup', '--where', 'plan=pro*', '--where', 'by=a=b')
    expect(event).toContain('Joined (event signup, plan=pro*, by=a=b)')
    expect(await hk('goals', 'list', '--site', 'shop.example')).toBe(
      `${idIn(event)}  Joined  event signup, plan=pro*, by=a=b  no value\n` +
        `${idIn(page)}  Thanks  page /thanks*                    worth 12.5`,
    )
    for (const made of [page, event]) expect(await hk('goals', 'remove', idIn(made))).toBe(`Removed ${idIn(made)}.`)
    expect(await hk('goals')).toContain('No goals yet')
  })

  test.each([
    [['add', 'Thanks'], 'Usage: hk goals'],
    [['add', '--page', '/'], 'Usage: hk goals'],
    [['add', 'Thanks', '--page', '/', '--event', 'pay'], 'Usage: hk goals'],
    [['add', 'Thanks', '--page', '/thanks?order=1'], '"pattern"'],
    [['add', 'Paid', '--event', 'pay', '--where', 'plan'], '"plan" is no condition'],
    [['add', 'Paid', '--event', 'pay', '--value', 'much'], '"much" is no amount'],
    [['remove', '../..'], '"../.." is no id'],
    [['remove', 'nothing'], 'There is no such goal.'],
  ])('%j says what to do instead', (words, message) => {
    return expect(hk('goals', ...words)).rejects.toThrow(message)
  })
})

describe('hk funnels', () => {
  test('makes funnels of pages, events and goals, lists and removes them', async () => {
    expect(await hk('funnels')).toContain('No funnels yet')
    const goal = idIn(await hk('goals', 'add', 'Paid', '--event', 'pay'))
    const made = await hk('funnels', 'add', 'Buy', '--step', 'page:/cart', '--step', 'event:a:b', '--step', 'goal:Paid')
    expect(made).toContain('Buy (/cart → a:b → Paid).')
    expect(await hk('funnels', 'list')).toBe(`${idIn(made)}  Buy  /cart → a:b → Paid`)
    expect(await hk('funnels', 'remove', idIn(made))).toBe(`Removed ${idIn(made)}.`)
    await hk('goals', 'remove', goal)
  })

  test.each([
    [['add', 'Buy'], 'Usage: hk funnels'],
    [['add', 'Buy', '--step', '/cart'], '"/cart" is no step'],
    [['add', 'Buy', '--step', 'page:/cart'], '"steps" must have 2 to 20 entries.'],
    [['add', 'Buy', '--step', 'page:/cart', '--step', 'goal:None'], 'There is no goal "None".'],
    [['remove'], 'Usage: hk funnels'],
  ])('%j says what to do instead', (words, message) => {
    return expect(hk('funnels', ...words)).rejects.toThrow(message)
  })
})

describe('hk annotations', () => {
  test('makes annotations, lists and removes them', async () => {
    expect(await hk('annotations')).toContain('No annotations yet')
    const made = await hk('annotations', 'add', 'Version 2 is out', '--at', '2026-11-22T09:30:00Z')
    expect(made).toContain('at 2026-11-22T09:30:00.000Z')
    expect(await hk('annotations')).toBe(`${idIn(made)}  2026-11-22T09:30:00.000Z  Version 2 is out`)
    expect(await hk('annotations', 'remove', idIn(made))).toBe(`Removed ${idIn(made)}.`)
    await hk('annotations', 'remove', idIn(await hk('annotations', 'add', 'Now')))
  })

  test.each([
    [['add'], 'Usage: hk annotations'],
    [['add', 'Then', '--at', 'yesterday'], '"at" must be a time'],
  ])('%j says what to do instead', (words, message) => {
    return expect(hk('annotations', ...words)).rejects.toThrow(message)
  })
})

describe('hk exclusions', () => {
  test('makes exclusions of each type, lists and removes them', async () => {
    expect(await hk('exclusions')).toBe('No exclusions yet: hk exclusions add --address 203.0.113.7')
    const office = await hk('exclusions', 'add', '--address', '203.0.113.99/24', '--note', 'Our office')
    expect(office).toContain('(address 203.0.113.0/24)')
    const others = await Promise.all(
      [['country', 'de'], ['agent', 'OurMonitor'], ['path', '/admin*']].map(([type, value = '']) => hk('exclusions', 'add', `--${type}`, value)),
    )
    expect((await hk('exclusions', 'list', '--site', 'shop.example')).split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['address', '203.0.113.0/24', 'Our office'],
      ['agent', 'OurMonitor', '–'],
      ['country', 'DE', '–'],
      ['path', '/admin*', '–'],
    ])
    for (const made of [office, ...others]) expect(await hk('exclusions', 'remove', idIn(made))).toBe(`Removed ${idIn(made)}.`)
    expect(await hk('exclusions')).toContain('No exclusions yet')
  })

  test.each([
    [['add'], 'Usage: hk exclusions'],
    [['add', '203.0.113.7'], 'Usage: hk exclusions'],
    [['add', '--address', '203.0.113.7', '--country', 'DE'], 'Usage: hk exclusions'],
    [['add', '--address', '203.0.113'], '"value" must be an address or a CIDR block'],
    [['add', '--country', 'Germany'], '"value" must be a country by its code'],
    [['remove', '../..'], '"../.." is no id'],
    [['remove', 'nothing'], 'There is no such exclusion.'],
  ])('%j says what to do instead', (words, message) => {
    return expect(hk('exclusions', ...words)).rejects.toThrow(message)
  })
})

describe('hk status', () => {
  test('says whether the site is being tracked, what was not stored, and what to do next', async () => {
    const made = await hk('sites', 'add', 'new.example')
    const id = /Made ([a-z0-9]{10})/.exec(made)?.[1] ?? ''
    const status = () => hk('status', '--site', id)
    const send = (url: string, agent = browserAgent, more: object = {}) =>
      fetch(`${service.url}/ingest`, {
        method: 'POST',
        headers: { 'user-agent': agent },
        body: JSON.stringify({ site: id, items: [pageview('/', { url, ...more })] }),
      })
    expect(await status()).toContain(`new.example: waiting. Nothing has arrived yet.`)
    expect(await status()).toContain(`data-site="${id}"`)
    expect(await status()).toContain('Nothing was rejected since')
    await send('https://new.example/', 'curl/8.5.0')
    await send('https://elsewhere.example/')
    expect(await status()).toContain('new.example: another domain. All that arrives is of elsewhere.example.')
    await send('https://www.new.example/')
    for (const deadline = Date.now() + 20_000; !(await status()).includes('curl') && Date.now() < deadline; ) await Bun.sleep(200)
    expect(await status()).toMatch(/^new\.example: live\. The last item came at .* from www\.new\.example\./)
    expect(await status()).toMatch(/Not stored since .*:\n1 {2}came from programs, not from people {2}curl/)
    await send('https://www.new.example/', browserAgent, { type: 'event', name: 'purchase', props: { value: 'a lot' } })
    for (const deadline = Date.now() + 20_000; !(await status()).includes('an amount') && Date.now() < deadline; ) await Bun.sleep(200)
    expect(await status()).toMatch(/\nEvents with an amount that could not be read since .*: 1, the last one "value: a lot"\. /)
    await hk('sites', 'remove', id)
  }, 60_000)

  test('says how it is used', () => expect(hk('status', 'shop.example')).rejects.toThrow('Usage: hk status --site ID'))
})

test('the program says the same as the function, and ends with 1 where it fails', async () => {
  const run = async (...words: string[]) => {
    const program = spawn(['bun', 'server/cli.ts', ...words], service.environment)
    return [await program.exited, program.output().trim()]
  }
  expect(await run('goals')).toEqual([0, await hk('goals')])
  expect(await run('goals', 'remove', 'nothing')).toEqual([1, 'There is no such goal.'])
  expect((await run('--help'))[1]).toContain('hk annotations [add TEXT | remove ID] --site ID')
})
