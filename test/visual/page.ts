/**
 * A page of all elements with made figures, as its address says: `?figures=billion&state=stale&theme=dark&lang=ar`. It sets
 * `data-ready` on its root when all of it stands.
 *
 * @module
 */
import '../../components/define.ts'
import { visit } from '../components/answers.ts'
import { FakeService, told } from '../components/service.ts'
import { figures } from './figures.ts'

const given = new URLSearchParams(location.search)
const state = given.get('state')
const sheet = given.get('sheet')
const service = new FakeService()
service.install()
service.reshape = figures[given.get('figures') ?? ''] ?? (sheet === 'charts' ? annotated : (data) => data)
document.documentElement.lang = given.get('lang') ?? 'en'
document.documentElement.dir = given.get('dir') ?? 'ltr'

const elements = sheet === 'dashboard' ? dashboard() : sheet === 'charts' ? charts() : all()
const site = make(`<hk-site endpoint="${service.endpoint}" share="token" compare="previous" ${sheet ? '' : 'filters="country:DE; !page:/jobs"'}
  theme="${given.get('theme') ?? 'light'}">${elements}</hk-site>`)
document.body.append(site)
void stand()

/** Every element, each in a card of the width that it would have on a page. */
function all(): string {
  const card = (content: string, width = 1) => `<section class="of-${width}">${content}</section>`
  return [
    '<section class="of-3 tools"><hk-filters></hk-filters><hk-range></hk-range></section>',
    card('<hk-kpi metric="visitors" spark></hk-kpi>'),
    card('<hk-kpi metric="bounce_rate" spark></hk-kpi>'),
    card('<hk-kpi metric="visit_duration" spark></hk-kpi>'),
    card('<hk-live></hk-live>'),
    card('<hk-status></hk-status>'),
    card('<p>Read by <hk-kpi variant="inline" metric="visitors"></hk-kpi> people, <hk-live variant="inline"></hk-live> of them now.</p>'),
    card('<hk-chart metric="visitors,pageviews"></hk-chart>', 3),
    card('<hk-table by="page" search limit="6"></hk-table>'),
    card('<hk-table by="country" limit="6"></hk-table>'),
    card('<hk-table by="source" limit="6" download metrics="pageviews,visitors"></hk-table>'),
    card('<hk-goals limit="4"></hk-goals>', 3),
    card('<hk-funnel></hk-funnel>', 3),
    card('<hk-vitals></hk-vitals>', 3),
    card('<hk-events limit="4"></hk-events>'),
    card('<hk-ai></hk-ai>', 3),
    card('<hk-opportunities limit="3"></hk-opportunities>', 3),
    card('<hk-globe view="map"></hk-globe>'),
    card('<hk-feed></hk-feed>'),
  ].join('')
}

/** Two annotations in a course: one where the point is set, and one later. */
function annotated(data: unknown, compared: boolean): unknown {
  if (compared || typeof data !== 'object' || data === null || !('metrics' in data && 'points' in data && Array.isArray(data.points))) return data
  const { points } = data
  return { ...data, annotations: [{ at: points[9].at, text: 'Version 2 is out' }, { at: points[20].at, text: 'A newsletter' }] }
}

/** A chart of each kind. */
function charts(): string {
  const kinds = [
    'metric="visitors" type="line"',
    'metric="visitors" type="bar"',
    'metric="pageviews" by="source"',
    'metric="pageviews" by="device" type="bar"',
    'metric="visitors" by="country" type="line"',
    'metric="bounce_rate"',
  ]
  return kinds.map((kind) => `<section class="of-2"><hk-chart ${kind}></hk-chart></section>`).join('')
}

function dashboard(): string {
  return `<hk-dashboard class="whole"></hk-dashboard>${given.has('toasts') ? '<hk-toasts></hk-toasts>' : ''}`
}

function make(markup: string): Element {
  const made = document.createRange().createContextualFragment(markup).firstElementChild
  if (!made) throw new Error('There is nothing in the markup.')
  return made
}

/** Waits until every element has its figures or its error, does to them what the address says, and ends what moves. */
async function stand(): Promise<void> {
  if (state === 'loading') service.gate = new Promise(() => undefined)
  if (state === 'error') service.failure = 503
  if (state === 'denied') service.failure = 403
  if (state !== 'loading') await settled()
  if (state === 'stale') {
    service.failure = 503
    service.change(['hits', 'events', 'goals', 'funnels', 'web_vitals', 'ai_fetch', 'opportunities', 'settings'])
    while (!shown().every((one) => one.matches(':state(stale)'))) await pass(50)
  }
  if (given.has('toasts')) {
    service.visit([told(visit(1, { city: 'Berlin', country: 'DE' }))])
    await pass(1_700)
    service.visit([told(visit(1, { city: 'Paris', country: 'FR' })), told(visit(1, { city: 'Tokyo', country: 'JP' }))])
  }
  if (given.has('point')) {
    for (const track of everywhere('hk-chart', '[role=slider]')) {
      track.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }))
      for (let step = 0; step < 9; step++) track.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    }
  }
  await pass(300)
  for (const animation of document.getAnimations()) animation.finish()
  await document.fonts.ready
  document.documentElement.dataset['ready'] = ''
}

/** Waits until all that asks for something has its answer, or why there is none, and for half a second nothing else is asked. */
async function settled(): Promise<void> {
  const ends = state === 'error' || state === 'denied' ? `:state(${state})` : ':not(:state(loading))'
  let asked = 0
  let calm = 0
  while (calm < 10) {
    await pass(50)
    const blank = document.querySelector('section') !== null && [...inside(document)].some((one) => one.matches('.ghost, .plot > slot'))
    calm = blank || service.reports.length > asked || !shown().every((one) => one.matches(ends)) ? 0 : calm + 1
    asked = service.reports.length
  }
}

/** All elements that ask for something. */
function shown(): Element[] {
  const quiet = 'hk-site, hk-range, hk-filters, hk-status, hk-dashboard, hk-toasts'
  return [...inside(document)].filter((one) => one.localName.startsWith('hk-') && !one.matches(quiet))
}

/** All elements of a tree and of the shadow trees in it. */
function* inside(root: Document | ShadowRoot): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element
    if (element.shadowRoot) yield* inside(element.shadowRoot)
  }
}

function everywhere(host: string, selector: string): Element[] {
  const hosts = [...inside(document)].filter(({ localName }) => localName === host)
  return hosts.flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll(selector) ?? [])])
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
