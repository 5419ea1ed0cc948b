import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, shownBy, until } from './browser.ts'
import { buildElements } from './elements.ts'
import { freshDatabase } from './postgres.ts'
import { spawnService } from './process.ts'
import { operatorToken, reach } from './remote.ts'
import { serverView } from './service.ts'

/** What a page has recorded of itself. */
interface Recorded {
  /** Visits that each element told of, by tag. */
  told: Record<string, number>
  /** How often an element was animated. */
  animations: number
  /** Milliseconds of the page's clock when it was last shown, and when its number last changed. */
  shownAt: number
  changedAt: number
}

/** A service with one site, and pages that show it: a number, the feed, toasts, who is there now. */
export interface TabStage extends AsyncDisposable {
  readonly browser: Browser
  /** Address of the page, and of one without elements. */
  readonly url: string
  readonly other: string
  /** Opens the page in a window of its own, and waits until it is live. */
  open(): Promise<Page>
  /** So many people visit the site, each for the first time. */
  visit(people: number): Promise<void>
  /** Waits until a page shows all who came. */
  follows(page: Page): Promise<void>
  /** Streams that the service has open. */
  streams(): Promise<number>
  /** Waits until there are so many. */
  hasStreams(count: number): Promise<void>
  /** Closes all pages, also those that a failed test has left; each has to let go of its stream. */
  closePages(): Promise<void>
}

/** Records on a page what is asked for below; runs in the page, before its own scripts. */
function record(): void {
  const recorded: Recorded = { told: {}, animations: 0, shownAt: 0, changedAt: 0 }
  Object.assign(globalThis, { recorded })
  addEventListener('hk-visit', ({ target, ...event }: Event & { visits?: unknown[]; more?: number }) => {
    const tag = target instanceof Element ? target.localName : ''
    recorded.told[tag] = (recorded.told[tag] ?? 0) + (event.visits?.length ?? 0) + (event.more ?? 0)
  })
  addEventListener('hk-change', ({ target }) => {
    if (target instanceof Element && target.localName === 'hk-kpi') recorded.changedAt = performance.now()
  })
  const shown = () => {
    if (!document.hidden) recorded.shownAt = performance.now()
  }
  document.addEventListener('visibilitychange', shown)
  addEventListener('pageshow', shown)
  const { animate } = Element.prototype
  Element.prototype.animate = function (this: Element, ...given) {
    recorded.animations += 1
    return animate.apply(this, given)
  }
}

/** What a page has recorded. */
export function recordedBy(page: Page): Promise<Recorded> {
  return page.evaluate(() => Reflect.get(globalThis, 'recorded'))
}

/**
 * Milliseconds from when a page was last shown until its number was right: the least of three times, as other
 * programs on the machine only ever add to it.
 */
export async function latency(page: Page, hideAndShow: () => Promise<void>): Promise<number> {
  const times: number[] = []
  while (times.length < 3) {
    await hideAndShow()
    const { shownAt, changedAt } = await recordedBy(page)
    times.push(changedAt - shownAt)
  }
  // One that came before it was shown would be no latency.
  return times.some((ms) => ms <= 0) ? NaN : Math.min(...times)
}

/** The toasts of a page, in words. */
export function toastsOf(page: Page): Promise<string[]> {
  return page.$eval('hk-toasts', (element) =>
    [...(element.shadowRoot?.querySelectorAll('.toast .first') ?? [])].map((toast) => toast.textContent ?? ''),
  )
}

/** Opens another tab before a page, in the same window. */
export async function cover({ other }: Pick<TabStage, 'other'>, page: Page): Promise<void> {
  await page.evaluate((url) => void open(url, '_blank', 'noopener'), other)
  await until(() => page.evaluate(() => document.visibilityState), (state) => state === 'hidden')
}

/** Opens the stage. @param start starts its browser, with arguments of the command line */
export async function openTabStage(start: typeof openBrowser = openBrowser): Promise<TabStage> {
  await using stack = new AsyncDisposableStack()
  const built = stack.use(await buildElements())
  const service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken })
  stack.defer(async () => void (await service.kill('SIGINT')))
  const remote = reach(service.url)
  const { site } = await remote.makeSite()
  const seen = { reports: ['overview', 'visits'], visits: true }
  const { token: share } = await remote.admin<{ token: string }>(`/api/sites/${site}/shares`, seen)
  const body = `<!doctype html><html lang="en"><title>Tab</title><link rel="icon" href="data:,">
    <script type="module" src="/embed/define.js"></script>
    <hk-site endpoint="${service.url}" share="${share}">
      <hk-kpi metric="visitors" range="7d" variant="inline"></hk-kpi> <hk-status></hk-status>
      <hk-feed></hk-feed> <hk-toasts duration="3600"></hk-toasts>
    </hk-site>`
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/embed/')) return new Response(Bun.file(`${built.path}/${pathname.slice(7)}`))
      const page = pathname === '/' ? body : '<!doctype html><title>Other</title><link rel="icon" href="data:,">'
      return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
  })
  stack.defer(() => server.stop(true))
  // A headless shell keeps no page for the way back unless told to.
  const browser = await start('--enable-bfcache')
  stack.defer(() => browser.close())

  let visitors = 0
  const visit = async (people: number) => {
    // Each a moment later than the one before, so that the feed has one order.
    const first = Date.now() - people
    const items = Array.from({ length: people }, (_, index) => serverView((visitors += 1), first + index, `/${visitors}`))
    await remote.admin(`/api/sites/${site}/ingest`, { items })
  }
  const follows = async (page: Page) => {
    await until(() => shownBy(page, 'hk-kpi'), (text) => text === String(visitors), 30_000)
    await until(() => shownBy(page, 'hk-feed'), (text) => text.includes(`/${visitors}`))
  }
  const streams = () => remote.metric('hk_streams')
  const hasStreams = async (count: number) => void (await until(streams, (open) => open === count))
  await visit(3)
  const all = stack.move()
  return {
    browser,
    url: server.url.href,
    other: `${server.url}other`,
    async open() {
      const page = await browser.newPage({ type: 'window' })
      await page.evaluateOnNewDocument(record)
      await page.goto(server.url.href)
      await follows(page)
      await until(() => shownBy(page, 'hk-status'), (text) => text.includes('Live'))
      return page
    },
    visit,
    follows,
    streams,
    hasStreams,
    async closePages() {
      const [, ...pages] = await browser.pages()
      await Promise.all(pages.map((page) => page.close()))
      await hasStreams(0)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
