import { expect, fixture, html } from '@open-wc/testing'
import '../../components/define.ts'
import * as elements from '../../components/index.ts'
import { HkSite } from '../../components/index.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

const make = <T extends keyof HTMLElementTagNameMap>(tag: T) => document.createElement(tag)

describe('what elements are given', () => {
  it('is the usual where a framework gives nothing, in the way of each', () => {
    const [kpi, chart, table, toasts, ai] = [make('hk-kpi'), make('hk-chart'), make('hk-table'), make('hk-toasts'), make('hk-ai')]
    Object.assign(kpi, { metric: 'visits' })
    Object.assign(chart, { metric: 'visits', height: 100, type: 'line' })
    Object.assign(table, { by: 'source', limit: 3 })
    Object.assign(toasts, { position: 'block-start inline-start', duration: 3 })
    Object.assign(ai, { by: 'page', limit: 3 })
    for (const nothing of [undefined, null, '']) {
      Object.assign(kpi, { metric: nothing })
      Object.assign(chart, { metric: nothing, type: nothing, height: nothing ?? 0 })
      Object.assign(table, { by: nothing, limit: nothing })
      Object.assign(toasts, { position: nothing, duration: nothing })
      Object.assign(ai, { by: nothing, limit: nothing })
      expect(kpi.metric).to.equal('visitors')
      expect([chart.metric, chart.type, chart.height]).to.deep.equal(['visitors', 'area', 240])
      expect([table.by, table.limit]).to.deep.equal(['page', 10])
      expect([toasts.position, toasts.duration]).to.deep.equal(['block-end inline-end', 6])
      expect([ai.by, ai.limit]).to.deep.equal(['agent', 5])
    }
  })

  it('is the usual again when an attribute is removed', () => {
    const table = make('hk-table')
    table.setAttribute('limit', '3')
    table.setAttribute('by', 'source')
    expect([table.by, table.limit]).to.deep.equal(['source', 3])
    for (const name of ['limit', 'by']) table.removeAttribute(name)
    expect([table.by, table.limit]).to.deep.equal(['page', 10])
  })

  it('may be a text, as an attribute is', () => {
    const [site, chart, table] = [make('hk-site'), make('hk-chart'), make('hk-table')]
    Object.assign(site, { filters: 'country:DE; page:/docs/*' })
    Object.assign(chart, { height: '100' })
    Object.assign(table, { limit: '3', search: 'true' })
    expect(site.filters).to.deep.equal(['country:DE', 'page:/docs/*'])
    expect(chart.height).to.equal(100)
    expect([table.limit, table.search]).to.deep.equal([3, true])
  })

  it('may be the text of a list of filters, as frameworks write it before an element is defined', () => {
    const site = make('hk-site')
    const filters = ['page:/a,b', '!country:DE', 'source:x, y: z']
    site.setAttribute('filters', String(filters))
    expect(site.filters).to.deep.equal(filters)
  })

  it('turns a switch off by the text false, and by nothing', () => {
    const table = make('hk-table')
    for (const off of ['false', '', undefined, null, false]) {
      Object.assign(table, { search: true })
      Object.assign(table, { search: off })
      expect(table.search).to.equal(false)
    }
    table.setAttribute('search', '')
    expect(table.search).to.equal(true)
    table.setAttribute('search', 'false')
    expect(table.search).to.equal(false)
  })

  it('is kept from before an element was defined', async () => {
    const site = await fixture<HkSite>(html`<hk-late></hk-late>`)
    const getToken = () => 'token'
    Object.assign(site, { filters: ['country:DE'], range: '7d', getToken })
    customElements.define('hk-late', class extends HkSite {})
    await site.updateComplete
    expect([site.filters, site.range, site.getToken]).to.deep.equal([['country:DE'], '7d', getToken])
  })

  it('has no name that begins with “on”, which frameworks take for an event', () => {
    const classes = Object.values(elements).filter((member) => typeof member === 'function' && 'elementProperties' in member)
    expect(classes.length).to.be.greaterThan(15)
    const names = classes.flatMap((element) => [...Reflect.get(element, 'elementProperties').keys()])
    expect(names).to.include('range')
    expect(names.filter((name) => String(name).startsWith('on'))).to.deep.equal([])
  })

  it('is not kept in an element that a page has emptied', async () => {
    const site = make('hk-site')
    Object.assign(site, { range: '7d', share: 'token', filters: ['country:DE'] })
    Object.assign(site, { range: '', share: null, filters: '' })
    expect([site.range, site.share, site.filters]).to.deep.equal([undefined, undefined, undefined])
  })
})
