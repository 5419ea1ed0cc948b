import { expect, test } from 'bun:test'
import { findChromium, findInstalled, hasShell } from '../support/chromium.ts'

/** What is chosen under settings; nothing is started. */
const choose = async (settings: Record<string, string>) => {
  const { kind, executablePath } = await findChromium({ PATH: process.env.PATH, ...settings })
  return [kind, executablePath]
}

test('the browser that CHROME_PATH names is taken before an installed one', async () => {
  const named = { CHROME_PATH: process.execPath }
  expect(await choose(named)).toEqual(['installed', process.execPath])
  expect(await choose({ ...named, HK_TEST_BROWSER: 'installed' })).toEqual(['installed', process.execPath])
})

test('without it an installed one is taken, else the one from npm', async () => {
  const installed = findInstalled({})
  if (installed === undefined) expect(await choose({})).toEqual(['shell', expect.stringContaining('hk-chromium')])
  else expect(await choose({})).toEqual(['installed', installed])
})

test('HK_TEST_BROWSER takes the one from npm, whatever is installed or named', async () => {
  const settings = { CHROME_PATH: process.execPath, HK_TEST_BROWSER: 'shell' }
  if (hasShell) expect(await choose(settings)).toEqual(['shell', expect.stringContaining('hk-chromium')])
  else await expect(choose(settings)).rejects.toThrow('for Linux only')
}, 60_000)

test('a choice that cannot be is said', async () => {
  await expect(choose({ CHROME_PATH: '/none/chrome' })).rejects.toThrow('CHROME_PATH names /none/chrome, which does not exist.')
  await expect(choose({ HK_TEST_BROWSER: 'firefox' })).rejects.toThrow('it has to be installed or shell')
})
