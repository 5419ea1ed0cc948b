import { expect, fixture, html } from '@open-wc/testing'
import { a11ySnapshot } from '@web/test-runner-commands'
import type { TemplateResult } from 'lit'
import '../../components/define.ts'
import { find, paints } from './page.ts'
import { FakeService } from './service.ts'

/** A node of the tree that screen readers are given. */
interface Heard {
  role: string
  name?: string
  pressed?: boolean
  children?: Heard[]
}

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

/** What of an element is heard, in order. */
async function heard(markup: TemplateResult, painted: string): Promise<Heard[]> {
  const box = await fixture<HTMLElement>(html`<div lang="en">${markup}</div>`)
  const element = box.firstElementChild
  if (!element) throw new Error('no element')
  await paints(element, painted)
  const root: unknown = await a11ySnapshot({})
  return flat(root as Heard)
}

function flat(node: Heard): Heard[] {
  return [node, ...(node.children ?? []).flatMap(flat)]
}

const names = (nodes: readonly Heard[], role: string) => nodes.flatMap((node) => (node.role === role ? [node.name ?? ''] : []))

describe('what screen readers are given', () => {
  it('of a number is its name, the number, and the change in words', async () => {
    const nodes = await heard(
      html`<hk-kpi endpoint=${service.endpoint} share="token" metric="visitors" compare="previous" label="People" spark></hk-kpi>`,
      '31,482',
    )
    expect(names(nodes, 'StaticText')).to.deep.equal(['People', '31,482', 'up 12.4% from the period before'])
  })

  it('of a chart is one slider by its title, a sentence for the whole, and nothing of the drawing', async () => {
    const nodes = await heard(
      html`<hk-chart endpoint=${service.endpoint} share="token" metric="visitors" compare="previous"></hk-chart>`,
      'Visitors by day',
    )
    const [slider, ...others] = nodes.filter(({ role }) => role === 'slider')
    expect(others).to.deep.equal([])
    expect(slider?.name).to.equal('Visitors by day')
    expect(nodes.some(({ name }) => name?.includes('rising overall'))).to.equal(true)
    // The drawing says nothing: all of it is in words.
    expect(nodes.filter(({ role }) => /graphics|image|img/i.test(role))).to.deep.equal([])
  })

  it('of a list are rows with their name, their figure and its share', async () => {
    const nodes = await heard(
      html`<hk-table endpoint=${service.endpoint} share="token" by="country" limit="3"></hk-table>`,
      'Germany',
    )
    const text = nodes.map(({ name }) => name ?? '').join(' | ')
    expect(text).to.contain('Germany').and.to.contain('7,420').and.to.contain('23.6%')
    expect(text).to.contain('Visitors')
  })

  it('of a row that filters is a button that is pressed or not', async () => {
    const nodes = await heard(
      html`<hk-site endpoint=${service.endpoint} share="token" filters="country:DE"><hk-table by="country" limit="3"></hk-table></hk-site>`,
      '',
    )
    const site = document.querySelector('hk-table')
    if (!site) throw new Error('no element')
    await paints(site, 'Germany')
    const root: unknown = await a11ySnapshot({})
    const rows = [...nodes, ...flat(root as Heard)].filter(({ role, name }) => /button/i.test(role) && name === 'Germany')
    expect(rows.at(-1)?.pressed).to.equal(true)
    expect(find(site, 'tbody button').ariaPressed).to.equal('true')
  })

  it('has no region that speaks by itself', async () => {
    await heard(html`<hk-dashboard endpoint=${service.endpoint} share="token"></hk-dashboard>`, 'northwind')
    const live = [...document.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot?.querySelectorAll('*') ?? [])])
    const regions = live.filter((one) => one.matches('[aria-live]:not([aria-live=off])'))
    expect(regions.map(({ localName }) => localName)).to.deep.equal([])
  })
})
