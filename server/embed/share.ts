import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import type { Access } from '../access/index.ts'
import { contentOf, type Parameter } from '../openapi/index.ts'
import type { Desk } from '../reports/index.ts'
import type { Share } from '../store/index.ts'
import { type Assets, serveAsset } from './assets.ts'
import { elementOf, elementParameters } from './element.ts'
import { headline } from './headline.ts'
import { lookParameters, readLooks } from './looks.ts'
import { escape, fill, pageResponse } from './page.ts'
import { languageOf, wordsOf } from './words.ts'

/** What the pages of share links are made of. */
export interface PageParts {
  readonly access: Access
  readonly desk: Desk
  readonly assets: Assets
  /** Where places come from: who has to be named for them. */
  readonly places: { readonly credit: string }
}

const scripts = ['hk.js', 'frame.js']
const height =
  'In a frame it tells the page around how high it is, at first and whenever that changes, by `postMessage`: ' +
  '`{ "type": "hk-height", "height": 412 }`, in CSS pixels.'
const dashboardParameters: Parameter[] = [
  { name: 'embed', in: 'query', description: '`1`: to stand in a frame, without anything around the dashboard.', schema: { type: 'string' }, example: '1' },
  { name: 'sections', in: 'query', description: 'Sections and their order, with commas between.', schema: { type: 'string' }, example: 'kpis,chart,pages' },
  ...lookParameters,
]

/** Pages of share links, made by the service: the whole dashboard, and one element for a frame. */
export function pageRoutes({ access, desk, assets, places }: PageParts) {
  /** The link of a token; `undefined` where there is none, or no longer. */
  const find = (token: string): Promise<Share | undefined> =>
    access.link(token).catch((error: unknown) => {
      if (error instanceof HkError && error.code === 'not_found') return undefined
      throw error
    })

  async function dashboard(request: Request, token: string): Promise<Response> {
    const query = new URL(request.url).searchParams
    const share = await find(token)
    if (share === undefined) return nothing(request, '../embed/')
    const framed = query.get('embed') === '1'
    const { language, style } = readLooks(query, request.headers.get('accept-language'), framed)
    const words = wordsOf(language)
    const open = share.password_hash === null ? await access.share(request, token) : undefined
    const site = open && (open.site.domain || open.site.name)
    const numbers = open ? await headline(desk, open, query, language) : ''
    const sections = query.get('sections')
    const attributes = sections ? ` sections="${escape(sections.slice(0, 300))}"` : ''
    const title = site === undefined ? words.shared : fill(words.title, site)
    return pageResponse({
      language,
      title,
      ...(site !== undefined && { description: fill(words.description, site) }),
      body: `<main>
<hk-dashboard share="${escape(token)}" sync="url" toasts${attributes}>
<h1>${escape(site ?? title)}</h1>
${numbers}
<noscript><p>${words.script}</p></noscript>
</hk-dashboard>
</main>${framed || places.credit === '' ? '' : `\n<footer>${words.places} <a href="https://db-ip.com" rel="noreferrer">DB-IP</a></footer>`}`,
      style,
      assets: '../embed/',
      scripts,
      ancestors: share.allowed_origins,
    })
  }

  async function element(request: Request, token: string, name: string): Promise<Response> {
    const query = new URL(request.url).searchParams
    const share = await find(token)
    const made = share && elementOf(name, query)
    if (share === undefined || made === undefined) return nothing(request, '../')
    const { language, style } = readLooks(query, request.headers.get('accept-language'), true)
    return pageResponse({
      language,
      title: wordsOf(language).shared,
      body: `<main>\n<hk-site share="${escape(token)}">${made}</hk-site>\n</main>`,
      style,
      assets: '../',
      scripts,
      ancestors: share.allowed_origins,
    })
  }

  return new Elysia({ detail: { tags: ['embed'] } })
    .get('/share/:token', ({ request, params }) => dashboard(request, params.token), {
      detail: {
        summary: 'The dashboard of a share link, as a page',
        description:
          'It reads without JavaScript, too. Only pages of the origins that the link allows may put it into a frame. ' +
          `A link that has a password asks for it there. Range, comparison and filters stand in its address: \`range from to compare filter\`. ${height}`,
        parameters: dashboardParameters,
        responses: contentOf('text/html', 'The page; where there is no such link, 404 as a page as well.', '<!doctype html>'),
      },
    })
    .get(
      '/embed/:token/:element',
      ({ request, params }) =>
        isToken(params.token)
          ? element(request, params.token, params.element)
          : serveAsset(assets, request, `${params.token}/${params.element}`),
      {
        detail: {
          summary: 'One element, as a page for a frame',
          description: `\`/embed/{token}/chart?metric=visitors&range=7d\`: attributes of the element stand in the address, others are not heeded. ${height}`,
          parameters: [...elementParameters, ...lookParameters],
          responses: contentOf('text/html', 'The page; where there is no such link or element, 404 as a page as well.', '<!doctype html>'),
        },
      },
    )
}

/** Whether a part of an address is the token of a share link: files of the build have no such names. */
function isToken(text: string): boolean {
  return text.startsWith('hks_')
}

/** The same for a link that never was, that was revoked and that is over. */
function nothing(request: Request, assets: string): Response {
  const language = languageOf(new URL(request.url).searchParams.get('lang'), request.headers.get('accept-language'))
  const { gone, goneWhy } = wordsOf(language)
  const body = `<main class="none"><h1>${gone}</h1><p>${goneWhy}</p></main>`
  return pageResponse({ language, title: gone, body, assets, ancestors: null, status: 404 })
}
