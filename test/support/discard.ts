import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { until } from './browser.ts'

/** What the extension calls of https://developer.chrome.com/docs/extensions/reference/api/tabs. */
interface Tabs {
  query(wanted: { url?: string; active?: boolean; discarded?: boolean }): Promise<{ id: number }[]>
  discard(id: number): Promise<unknown>
  update(id: number, change: { active: boolean }): Promise<unknown>
}
declare const chrome: { readonly tabs: Tabs }

/** Discards tabs as the browser does where it wants their memory; only an extension may ask it to. */
export interface Discarder {
  /** Discards the one hidden tab that has this address. */
  discard(url: string): Promise<void>
  /** Shows the one tab that is discarded, which loads it again. */
  show(): Promise<Page>
}

/** Installs the extension, in a browser that takes some. */
export async function installDiscarder(browser: Browser): Promise<Discarder> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-extension-'))
  try {
    const manifest = { manifest_version: 3, name: 'Discard', version: '1', permissions: ['tabs'], background: { service_worker: 'worker.js' } }
    await Bun.write(join(folder, 'manifest.json'), JSON.stringify(manifest))
    await Bun.write(join(folder, 'worker.js'), '')
    const id = await browser.installExtension(folder)
    const target = await browser.waitForTarget((one) => one.type() === 'service_worker' && one.url().includes(id))
    const worker = await target.worker()
    if (worker === null) throw new Error('The extension has no worker.')
    return {
      discard: (url) =>
        worker.evaluate(async (address) => {
          const tabs = await chrome.tabs.query({ url: address, active: false })
          const [tab] = tabs
          if (tabs.length !== 1 || tab === undefined) throw new Error(`${tabs.length} hidden tabs have this address`)
          await chrome.tabs.discard(tab.id)
        }, url),
      async show() {
        await worker.evaluate(async () => {
          const [tab] = await chrome.tabs.query({ discarded: true })
          if (tab === undefined) throw new Error('no tab is discarded')
          await chrome.tabs.update(tab.id, { active: true })
        })
        // It comes back as another page than it was.
        const page = await until(() => findDiscarded(browser), (found) => found !== undefined)
        if (page === undefined) throw new Error('No page came back.')
        return page
      },
    }
  } finally {
    // Its worker runs on while somebody is attached to it, and is not read again.
    await rm(folder, { recursive: true, force: true })
  }
}

/** The page that says of itself that it was discarded. */
async function findDiscarded(browser: Browser): Promise<Page | undefined> {
  for (const page of await browser.pages()) {
    if (await page.evaluate(() => Reflect.get(document, 'wasDiscarded') === true)) return page
  }
  return undefined
}
