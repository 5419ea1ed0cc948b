import puppeteer from 'puppeteer-core'
import type { Browser } from 'puppeteer-core'
import { findChromium } from '../support/chromium.ts'

/** Starts a Chromium without a window. */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  // Ctrl-C is for the bed, which closes the browser with the rest.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  return puppeteer.launch({ ...(await findChromium()), ...signals })
}

/** A page of someone's site: on an origin of its own. */
export interface Site extends AsyncDisposable {
  readonly url: string
}

/** Serves files by path on a free port. */
export function openSite(answer: (path: string) => Response, host = '127.0.0.1'): Site {
  const server = Bun.serve({
    port: 0,
    hostname: host,
    fetch: (request) => answer(new URL(request.url).pathname),
  })
  return { url: `http://${host}:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) }
}

/** A document with a body. */
export function html(body: string): Response {
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title>'
  return new Response(head + body, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}
