import type { Browser } from 'puppeteer-core'
import { openBrowser } from './browser.ts'
import { buildElements, serveElements } from './elements.ts'

/** A browser, and an origin with built elements and the pages of a test. */
export interface ElementPages extends AsyncDisposable {
  readonly browser: Browser
  readonly server: Bun.Server<undefined>
}

/** Builds the elements, serves them as {@link serveElements} says, and starts a browser. */
export async function openElementPages(body: string | ((path: string) => string), delayMs = 0): Promise<ElementPages> {
  await using stack = new AsyncDisposableStack()
  const built = stack.use(await buildElements())
  const server = stack.adopt(serveElements(built.path, body, delayMs), (one) => one.stop(true))
  const browser = stack.adopt(await openBrowser(), (one) => one.close())
  const opened = stack.move()
  return { browser, server, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
