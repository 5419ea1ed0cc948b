/** `hk-chart` as it is: it asks by `fetch`, which is answered in the page, and reads the JSON that it gets. */
import '../../../components/define.ts'
import type { HkChart } from '../../../components/index.ts'
import type { Made } from './page.ts'
import { height } from './page.ts'

/** The answer to all charts, made before it is measured. */
let body = ''
const elements: HkChart[] = []

const answers: readonly (readonly [RegExp, () => Response | Promise<Response>])[] = [
  [/\/realtime/, () => new Promise<Response>(() => undefined)],
  [/\/reports\//, () => new Response(body, { headers: { 'content-type': 'application/json' } })],
  [/./, () => Response.json({ site: { id: 's1', name: 'Site', domain: 'x.test', timezone: 'UTC', currency: 'EUR' }, allows: {} })],
]

const answering = async (url: RequestInfo | URL) =>
  answers.find(([path]) => path.test(String(url)))?.[1]() ?? Response.error()
window.fetch = Object.assign(answering, window.fetch)

function write(made: Made): string {
  const points = made.at.map((at, index) => ({ at: new Date(at).toISOString(), visitors: made.amounts[index] }))
  const iso = (at = 0) => new Date(at).toISOString()
  const interval = made.at.length > 1_000 ? 'hour' : 'day'
  const range = { from: iso(made.at[0]), to: iso((made.at.at(-1) ?? 0) + 3_600_000), interval, timezone: 'UTC' }
  const data = { metrics: ['visitors'], points }
  return JSON.stringify({ report: 'timeseries', site_id: 's1', version: `e.${made.amounts[0]}`, generated_at: iso(), range, data })
}

window.charts = {
  async create(boxes, first) {
    body = write(first)
    for (const [index, box] of boxes.entries()) {
      const element = document.createElement('hk-chart')
      Object.assign(element, { endpoint: location.origin, share: 'x', height: height - 32, filters: [`page:/${index}`] })
      elements.push(element)
      box.append(element)
    }
    while (!elements.every(({ shadowRoot }) => shadowRoot?.querySelector('.line'))) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  },
  prepare(next) {
    body = write(next)
  },
  async update() {
    await Promise.all(elements.map((element) => element.refresh()))
    await Promise.all(elements.map((element) => element.updateComplete))
  },
  drawn: () => elements.map(({ shadowRoot }) => shadowRoot?.querySelector('.line')?.getAttribute('d')),
}
