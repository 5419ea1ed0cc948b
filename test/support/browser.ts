import puppeteer, { type Browser, type CDPSession, type ElementHandle, type LaunchOptions, type Page } from 'puppeteer-core'
import { findChromium } from './chromium.ts'
import { watchOver } from './watchdog.ts'

/** Switches of puppeteer under which a tab that nobody sees runs on as if somebody did. */
const unreal = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/**
 * Starts a real Chromium without a window; every name of `.example` leads to this machine. A page that is to
 * be seen beside others gets a window of its own (`newPage({ type: 'window' })`): of the tabs of one window,
 * an installed browser shows the front one, and the others are hidden.
 *
 * @param more arguments of its command line
 */
export function openBrowser(...more: string[]): Promise<Browser> {
  return openBrowserWith({}, ...more)
}

/** Starts it with settings of the environment on top of those of the test. */
export function openBrowserWith(settings: Readonly<Record<string, string>>, ...more: string[]): Promise<Browser> {
  return launch({}, settings, more)
}

/** Starts it so that it takes extensions, which a headless shell does not. */
export function openBrowserForExtensions(...more: string[]): Promise<Browser> {
  return launch({ enableExtensions: true, pipe: true }, {}, more)
}

async function launch(options: LaunchOptions, settings: Readonly<Record<string, string>>, more: readonly string[]): Promise<Browser> {
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
  const browser = await puppeteer.launch({
    ...options,
    executablePath,
    env: { ...env, ...settings },
    // Of an installed browser, too, this is the switch; only its meaning is the newer one.
    headless: 'shell',
    ignoreDefaultArgs: unreal,
    args: [...args, ...quiet, '--disable-component-update', ...more],
  })
  watchBrowser(browser)
  return browser
}

/** Has a browser end, and its profile go, with the process that started it. */
export function watchBrowser(browser: Browser): void {
  const started = browser.process()
  const profile = started?.spawnargs.find((word) => word.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length)
  const letGo = watchOver({ pid: started?.pid, folder: profile })
  browser.once('disconnected', letGo)
}

/** Whether a tab behind another is hidden, as people have it; to a headless shell, each counts as visible. */
export async function hidesTabs(): Promise<boolean> {
  const browser = await openBrowser()
  try {
    const behind = await browser.newPage()
    await browser.newPage()
    return (await behind.evaluate(() => document.visibilityState)) === 'hidden'
  } finally {
    await browser.close()
  }
}

/** Hides a page and freezes it, as a browser does with a tab that nobody has looked at for a while. */
export async function freeze(session: CDPSession): Promise<void> {
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
}

/** Hides a page, which goes on running. */
export async function hide(session: CDPSession): Promise<void> {
  await freeze(session)
  await session.send('Page.setWebLifecycleState', { state: 'active' })
}

/** Lets a page run again, and shows it: without a window it would stay hidden. */
export async function show(session: CDPSession): Promise<void> {
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: true })
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
