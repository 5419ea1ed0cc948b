import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import '../../components/define.ts'
import { registerWords } from '../../components/index.ts'
import { english } from '../../components/element/words/en.ts'
import { paints, textOf } from './page.ts'
import { FakeService } from './service.ts'

/** What was thrown where nobody caught it, as in an update. */
const faults: unknown[] = []
const keep = ({ reason }: PromiseRejectionEvent) => faults.push(reason)

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
  service.timezone = 'Mars/Olympus'
  faults.length = 0
  addEventListener('unhandledrejection', keep)
})

afterEach(() => removeEventListener('unhandledrejection', keep))

/** A page in a language, of all that has numbers, dates, names and money in it. */
async function page(lang: string): Promise<Element[]> {
  const site = await fixture<HTMLElement>(html`<hk-site lang=${lang} endpoint=${service.endpoint} share="token" from="someday" to="2026-11-22">
    <hk-kpi compare="previous" spark></hk-kpi><hk-chart></hk-chart><hk-chart interval="hour" type="bar"></hk-chart>
    <hk-goals></hk-goals><hk-events></hk-events><hk-ai></hk-ai><hk-table by="country"></hk-table><hk-table by="language"></hk-table>
    <hk-funnel></hk-funnel><hk-vitals></hk-vitals><hk-opportunities></hk-opportunities><hk-feed></hk-feed><hk-range></hk-range><hk-live></hk-live>
  </hk-site>`)
  const elements = [...site.children]
  for (const element of elements) {
    await waitUntil(() => textOf(element) !== '' && !element.matches(':state(loading)'), `${element.localName} in ${lang}`)
  }
  return elements
}

describe('an element is shown, though its browser does not know', () => {
  for (const lang of ['en_US', 'x-klingon', 'not a language', '12', ' ', 'i-default']) {
    it(`the time zone, nor a language such as “${lang}”`, async () => {
      const [kpi, chart] = await page(lang)
      if (kpi) await paints(kpi, '31,482')
      if (chart) await paints(chart, 'by day')
      expect(faults).to.deep.equal([])
    })
  }

  it('the way in which servers name a language, whose words it finds', async () => {
    const [kpi] = await page('de_DE.UTF-8')
    if (kpi) await paints(kpi, '31.482')
    if (kpi) await paints(kpi, 'Besucher')
  })

  it('a language that is written with an underscore, also where its words are registered', async () => {
    registerWords('pt_BR', { metrics: { ...english.metrics, visitors: 'Visitantes' } })
    const [kpi] = await page('pt_BR')
    if (kpi) await paints(kpi, 'Visitantes')
  })

  for (const currency of ['', 'points', 'XX', 'ZZZ']) {
    it(`the currency “${currency}”`, async () => {
      service.reshape = (data) => (typeof data === 'object' && data && 'currency' in data ? { ...data, currency } : data)
      const goals = (await page('en')).find(({ localName }) => localName === 'hk-goals')
      if (goals) await paints(goals, '25,710')
      expect(goals && textOf(goals)).to.contain(currency)
      expect(faults).to.deep.equal([])
    })
  }
})
