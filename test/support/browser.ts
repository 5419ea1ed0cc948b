import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core'
import { findChromium } from './chromium.ts'

/**
 * Starts a real Chromium without a window; every name of `.example` leads to this machine.
 *
 * @param more arguments of its command line
 */
export async function openBrowser(...more: string[]): Promise<Browser> {
  const { executablePath, args, env } = await findChromium()
  const names = '--host-resolver-rules=MAP *.example 127.0.0.1'
  const quiet = [
    names,
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-sync',
  ]
  return puppeteer.launch({
    executablePath,
    env,
    headless: 'shell',
    args: [...args, ...quiet, '--disable-component-update', ...more],
  })
}

/** What an element shows, in words: the text of its shadow tree, white space folded. */
export function shownBy(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) =>
    (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ').trim(),
  )
}

/** Waits until a page has an element, also in shadow trees (`hk-dashboard >>> hk-kpi`), which puppeteer does not watch. */
export async function present(page: Page, selector: string): Promise<ElementHandle> {
  const found = await until(
    () => page.$(selector),
    (handle) => handle !== null,
  )
  if (found === null) throw new Error(`There is no ${selector}.`)
  return found
}

/** Waits until something holds, asked again and again; fails with what it last was. */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (Date.now() > deadline) throw new Error(`It stayed ${JSON.stringify(value)}`)
    await Bun.sleep(50)
  }
}
