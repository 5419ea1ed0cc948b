import { readFile } from 'node:fs/promises'
import { answerDocs } from './docs/docs.ts'
import { bundle, file, here, text } from './files.ts'
import { frameworkFile } from './frameworks/frameworks.ts'
import { pages, render } from './shop/pages.ts'
import type { Traffic } from './traffic/traffic.ts'

/** What the pages are filled in with. */
export interface Places {
  /** Origin of the service. */
  readonly service: string
  /** Origin of the shop, the dashboard, the SDK page and the documentation. */
  readonly shop: string
  /** Origin of the article. */
  readonly blog: string
  readonly site: string
  readonly share: string
  /** Token of a share link that allows every report, for the documentation. */
  readonly full: string
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3355d8"/><circle cx="16" cy="16" r="6" fill="#fff"/></svg>'

type Answer = (request: Request) => Response | Promise<Response>

/** Serves the shop, the dashboard, the page on the SDK alone, and the documentation. */
export function serveShop(port: number, places: () => Places, traffic: () => Traffic): Bun.Server<undefined> {
  const answers: Record<string, Answer> = {
    '/dashboard': async () => page('dashboard/index.html', places()),
    '/dashboard.css': () => file('dashboard/dashboard.css', 'text/css'),
    '/dashboard.js': () => bundle('dashboard/dashboard.ts'),
    '/custom': async () => page('custom/index.html', places()),
    '/custom.css': () => file('custom/custom.css', 'text/css'),
    '/custom.js': () => bundle('custom/custom.ts'),
    '/custom.ts': () => file('custom/custom.ts', 'text/plain'),
    '/shop.css': () => file('shop/shop.css', 'text/css'),
    '/shop.js': () => file('shop/shop.js', 'text/javascript'),
    '/traffic': async (request) => {
      if (request.method === 'POST') traffic().on = (await request.json()).on === true
      return Response.json({ on: traffic().on })
    },
  }
  return serve(port, async (request, path) => {
    if (path === '/docs' || path.startsWith('/docs/')) return answerDocs(request, path, places())
    const found = pages.get(path)
    if (found === undefined) return answers[path]?.(request) ?? framework(path, places())
    const { service, site } = places()
    const tracker = `<script defer src="${service}/hk.js" data-site="${site}" data-localhost data-auto data-vitals></script>`
    return html(render(found, tracker))
  })
}

/** Serves the article, as the content management system of somebody else would. */
export function serveBlog(port: number, places: () => Places): Bun.Server<undefined> {
  return serve(port, async (_request, path) => {
    if (path === '/') return page('blog/article.html', places())
    return path === '/blog.css' ? file('blog/blog.css', 'text/css') : undefined
  })
}

function serve(port: number, answer: (request: Request, path: string) => Promise<Response | undefined>) {
  return Bun.serve({
    port,
    hostname: 'localhost',
    development: false,
    async fetch(request) {
      const path = new URL(request.url).pathname.replace(/(?<=.)\/$/, '')
      // Of a text, which names no icon, browsers ask for the second.
      if (path === '/icon.svg' || path === '/favicon.ico') return new Response(icon, { headers: { 'content-type': 'image/svg+xml' } })
      return (await answer(request, path)) ?? new Response('There is no such page.', { status: 404 })
    },
  })
}

async function page(path: string, places: Places): Promise<Response> {
  const content = await readFile(here(path), 'utf8')
  const values = new Map(Object.entries(places))
  return html(content.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values.get(name) ?? ''))
}

async function framework(path: string, places: Places): Promise<Response | undefined> {
  const found = await frameworkFile(path, places)
  return found && text(found.text, found.type)
}

const html = (content: string) => text(content, 'text/html')
