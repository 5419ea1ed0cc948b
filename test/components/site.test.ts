import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import type { TemplateResult } from 'lit'
import '../../components/define.ts'
import { clients, registerWords } from '../../components/index.ts'
import type { HkKpi, HkSite } from '../../components/index.ts'
import { after, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function siteWith(content: TemplateResult, lang = 'en'): Promise<HkSite> {
  const { endpoint } = service
  return fixture<HkSite>(html`<hk-site lang=${lang} endpoint=${endpoint} share="token">${content}</hk-site>`)
}

function kpiOf(root: ParentNode): HkKpi {
  const kpi = root.querySelector('hk-kpi')
  if (!kpi) throw new Error('no element')
  return kpi
}

function asked(): URLSearchParams {
  return service.reports.at(-1)?.searchParams ?? new URLSearchParams()
}

describe('hk-site', () => {
  it('gives range, comparison and filters to what is inside', async () => {
    const site = await fixture<HkSite>(html`<hk-site
      lang="en"
      endpoint=${service.endpoint}
      share="token"
      range="7d"
      compare="year"
      filters="country:DE; page:/docs/*"
    >
      <hk-kpi></hk-kpi>
    </hk-site>`)
    await paints(kpiOf(site), '31,482')
    expect(asked().toString()).to.equal('compare=year&filter=country%3ADE&filter=page%3A%2Fdocs%2F*&range=7d')
  })

  it('reacts to its attributes', async () => {
    const site = await siteWith(html`<hk-kpi></hk-kpi>`)
    await paints(kpiOf(site), '31,482')
    site.setAttribute('range', '90d')
    await waitUntil(() => asked().get('range') === '90d')
    site.removeAttribute('range')
    site.setAttribute('from', '2026-01-01')
    site.setAttribute('to', '2026-01-31')
    await after(50)
    expect(asked().toString()).to.equal('from=2026-01-01&to=2026-01-31')
  })

  it('nests: an inner site replaces the range and adds to the filters', async () => {
    const inner = html`<hk-site range="today" filters="device:mobile"><hk-kpi></hk-kpi></hk-site>`
    const site = await siteWith(inner)
    site.range = '7d'
    site.filters = ['country:DE']
    await waitUntil(() => asked().getAll('filter').length === 2)
    await paints(kpiOf(site), '31,482')
    expect(asked().toString()).to.equal('filter=country%3ADE&filter=device%3Amobile&range=today')
    site.filters = []
    await after(100)
    expect(asked().toString()).to.equal('filter=device%3Amobile&range=today')
  })

  it('reaches through shadow boundaries', async () => {
    const site = await siteWith(html`<div></div>`)
    site.range = '7d'
    const root = site.firstElementChild?.attachShadow({ mode: 'open' })
    root?.append(document.createElement('hk-kpi'))
    if (!root) throw new Error('no root')
    await paints(kpiOf(root), '31,482')
    expect(asked().get('range')).to.equal('7d')
  })

  it('has an element alone say what it lacks', async () => {
    const kpi = await fixture<HkKpi>(html`<hk-kpi label="Readers" endpoint=${service.endpoint}></hk-kpi>`)
    await reaches(kpi, 'error')
    expect(textOf(kpi)).to.contain('Name what to show')
  })

  it('shares one client and one stream among all inside, and closes it after the last', async () => {
    const open = clients.size
    const site = await siteWith(html`<hk-kpi></hk-kpi>
      <hk-kpi metric="visits"></hk-kpi>
      <hk-chart></hk-chart>
      <hk-table></hk-table>
      <hk-live></hk-live>`)
    await paints(kpiOf(site), '31,482')
    await after(50)
    expect(clients.size).to.equal(open + 1)
    expect(service.streams).to.equal(1)
    site.remove()
    await after(1100)
    expect(service.streams).to.equal(0)
  })

  it('leaves nothing behind after 200 connects and disconnects', async () => {
    await after(1100)
    const open = clients.size
    const host = await fixture<HTMLElement>(html`<div></div>`)
    for (let round = 0; round < 200; round += 1) {
      const kpi = document.createElement(round % 2 === 0 ? 'hk-kpi' : 'hk-chart')
      kpi.setAttribute('endpoint', service.endpoint)
      kpi.setAttribute('share', `token-${round % 10}`)
      host.append(kpi)
      await kpi.updateComplete
      if (round % 20 === 0) await after(30)
      kpi.remove()
    }
    await after(1200)
    expect(clients.size).to.equal(open)
    expect(service.streams).to.equal(0)
  })

  it('drops nothing when an element moves', async () => {
    const site = await siteWith(html`<p></p><hk-kpi></hk-kpi>`)
    const kpi = kpiOf(site)
    await paints(kpi, '31,482')
    const requests = service.reports.length
    site.querySelector('p')?.append(kpi)
    await after(50)
    expect(textOf(kpi)).to.contain('31,482')
    expect(service.reports).to.have.length(requests)
    expect(service.streams).to.equal(1)
  })

  it('asks for an element only when it comes near the viewport', async () => {
    const page = await fixture<HTMLElement>(html`<div lang="en"><div style="block-size: 3000px"></div>
      <hk-kpi label="Readers" endpoint=${service.endpoint} share="token"></hk-kpi></div>`)
    await after(100)
    expect(service.reports).to.have.length(0)
    kpiOf(page).scrollIntoView()
    await paints(kpiOf(page), '31,482')
    window.scrollTo(0, 0)
    await after(100)
    expect(textOf(kpiOf(page))).to.contain('31,482')
  })

  it('paints what it had when an element comes back into view', async () => {
    const page = await fixture<HTMLElement>(html`<div lang="en">
      <hk-kpi label="Readers" endpoint=${service.endpoint} share="token"></hk-kpi>
      <div style="block-size: 3000px"></div></div>`)
    await paints(kpiOf(page), '31,482')
    window.scrollTo(0, 3000)
    await after(100)
    const states = new Set<boolean>()
    const look = setInterval(() => states.add(kpiOf(page).matches(':state(loading)')), 2)
    window.scrollTo(0, 0)
    await after(150)
    clearInterval(look)
    expect([...states]).to.deep.equal([false])
    expect(textOf(kpiOf(page))).to.contain('31,482')
  })

  it('forces a colour scheme on all inside', async () => {
    const site = await siteWith(html`<hk-kpi></hk-kpi>`)
    site.theme = 'dark'
    await paints(kpiOf(site), '31,482')
    expect(getComputedStyle(kpiOf(site)).colorScheme).to.contain('dark')
  })

  it('clears a shadow root that the server sent', async () => {
    const host = await fixture<HTMLElement>(html`<div></div>`)
    host.setHTMLUnsafe(`<hk-kpi lang="en" label="Readers" endpoint="${service.endpoint}" share="token">
      <template shadowrootmode="open"><b>1,204</b></template></hk-kpi>`)
    await paints(kpiOf(host), '31,482')
    expect(textOf(kpiOf(host))).to.not.contain('1,204')
  })
})

describe('words', () => {
  it('are written anew when the language turns', async () => {
    const site = await siteWith(html`<hk-kpi></hk-kpi>`)
    const kpi = kpiOf(site)
    await paints(kpi, 'Visitors')
    const labels = { de: 'Besucher', 'fr-CA': 'Visiteurs', es: 'Visitantes', ja: '訪問者数', ar: 'الزوار' }
    for (const [lang, label] of Object.entries(labels)) {
      site.lang = lang
      await paints(kpi, label)
    }
  })

  it('can be registered for a language, or replaced in part', async () => {
    const site = await siteWith(html`<hk-live></hk-live>`, 'pt-BR')
    const live = site.querySelector('hk-live')
    if (!live) throw new Error('no element')
    await paints(live, 'last 5 minutes')
    registerWords('pt', { recent: 'últimos 5 minutos' })
    await paints(live, 'últimos 5 minutos')
    registerWords('de', { now: 'Gerade' })
    site.lang = 'de'
    await paints(live, 'Gerade')
    await paints(live, 'letzte 5 Minuten')
    expect(part(live, 'value').textContent).to.equal('42')
  })

  it('can be registered for one kind of element, in several goes', async () => {
    const site = await siteWith(html`<hk-goals></hk-goals>`, 'nl')
    const goals = site.querySelector('hk-goals')
    if (!goals) throw new Error('no element')
    await paints(goals, 'Rate')
    registerWords('nl', { phrases: { goals: { rate: 'Aandeel' } } })
    registerWords('nl', { phrases: { funnel: { title: 'Trechter' } } })
    registerWords('nl', { phrases: { goals: { value: 'Waarde' } } })
    await paints(goals, 'Waarde')
    await paints(goals, 'Aandeel')
  })

  it('stand in for a locale that the runtime refuses', async () => {
    const site = await siteWith(html`<hk-kpi></hk-kpi>`, 'en-US@posix')
    await paints(kpiOf(site), '31,482')
  })
})
