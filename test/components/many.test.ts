import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkKpi } from '../../components/index.ts'
import { after, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

const metrics = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'] as const

describe('fifty elements of a page', () => {
  async function fifty(): Promise<HkKpi[]> {
    const site = await fixture<HTMLElement>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token"
      style="display: grid; grid-template-columns: repeat(5, minmax(0, 1fr))"
      >${Array.from({ length: 50 }, (_, index) => html`<hk-kpi metric=${metrics[index % 5] ?? 'visitors'}></hk-kpi>`)}</hk-site>`)
    const all = [...site.querySelectorAll('hk-kpi')]
    await waitUntil(() => all.every((one) => /[1-9]/.test(textOf(one))), 'all painted', { timeout: 5000 })
    await waitUntil(() => service.streams === 1, 'one stream', { timeout: 3000 })
    // What comes last of the first paint is over, too.
    await after(500)
    return all
  }

  it('hold one stream, and ask one question once', async () => {
    await fifty()
    expect(service.streams).to.equal(1)
    expect(service.reports.map(({ pathname }) => pathname.split('/').at(-1))).to.deep.equal(['overview'])
    service.extra = 1
    service.change()
    await waitUntil(() => service.reports.length === 2, 'asked once more', { timeout: 3000 })
  })

  it('show a change in one frame, and only those that it touches', async function (this: { timeout(ms: number): void }) {
    this.timeout(15_000)
    const all = await fifty()
    const frames = new Map<HkKpi, number>()
    let frame = 0
    const count = () => {
      frame += 1
      if (frames.size < 30) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
    for (const one of all) {
      new MutationObserver(() => frames.set(one, frames.get(one) ?? frame)).observe(one.renderRoot, { subtree: true, characterData: true, childList: true })
    }
    service.extra = 70_000
    service.change()
    await waitUntil(() => frames.size >= 30, 'changed', { timeout: 3000 })
    expect(new Set(frames.values()).size).to.equal(1)
    const moved = new Set([...frames.keys()].map(({ metric }) => metric))
    expect([...moved].sort()).to.deep.equal(['pageviews', 'visitors', 'visits'])
    expect(frames.size).to.equal(30)
  })
})
