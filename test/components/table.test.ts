import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkSite, HkTable } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, part, reaches, rows, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

/** A table in a site: its rows can be chosen. */
async function inSite(): Promise<HkTable> {
  const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
    <hk-table by="page" limit="6" search></hk-table>
  </hk-site>`)
  const element = site.querySelector('hk-table')
  if (!element) throw new Error('no element')
  return element
}

async function table(by = 'page', limit = 6): Promise<HkTable> {
  return fixture<HkTable>(html`<hk-table
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    by=${by}
    limit=${limit}
    search
  ></hk-table>`)
}

function asked(): URLSearchParams {
  return service.reports.at(-1)?.searchParams ?? new URLSearchParams()
}

/** Leaves so many rows of the service's list, and says that something changed. */
function leave(total: number): void {
  service.reshape = (data) => {
    const offset = Number(asked().get('offset') ?? 0)
    if (typeof data !== 'object' || !data || !('rows' in data) || !Array.isArray(data.rows)) return data
    return { ...data, rows: data.rows.slice(0, Math.max(0, total - offset)), total }
  }
  service.change()
}

describe('hk-table', () => {
  it('shows rows with value and share, and a bar behind each', async () => {
    const element = await table()
    await paints(element, '/guides/first-steps')
    const text = rows(element)[0]?.textContent?.replaceAll(/\s+/g, ' ').trim()
    expect(text).to.equal('/guides/first-steps 6,204 19.7%')
    const [first, second] = [...(element.shadowRoot?.querySelectorAll('[part=bar]') ?? [])]
    const width = (bar: Element | undefined) => bar?.getBoundingClientRect().width ?? 0
    expect(width(second) / width(first)).to.be.closeTo(4871 / 6204, 0.01)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('leaves out the middle of a long path, and keeps its end in sight', async () => {
    const element = await table()
    await paints(element, '/pricing')
    const name = find(element, 'tbody tr:nth-child(3) .name')
    const [start, end] = [...name.children]
    expect(end?.textContent).to.equal('-for-a-year')
    expect(name.textContent?.trim()).to.match(/^\/blog\/postgres-as-a-queue-.*-for-a-year$/)
    element.style.width = '280px'
    expect((start?.scrollWidth ?? 0) > (start?.clientWidth ?? 0)).to.equal(true)
    const edge = part(element, 'table').getBoundingClientRect().right
    expect(end?.getBoundingClientRect().right).to.be.at.most(edge)
  })

  it('calls countries by their names, and the unknown by none', async () => {
    const element = await table('country')
    await paints(element, 'Germany')
    expect(rows(element).at(-1)?.textContent).to.contain('(unknown)')
  })

  it('filters the site around by a click, and lets go by another', async () => {
    const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
      <hk-table by="country"></hk-table>
    </hk-site>`)
    const element = site.querySelector('hk-table')
    if (!element) throw new Error('no element')
    await paints(element, 'Germany')
    const changed = heard(site, 'hk-filter-change')
    find(element, 'tbody button').click()
    const { filters, names } = await changed
    expect([filters, names]).to.deep.equal([['country:DE'], ['Germany']])
    await waitUntil(() => find(element, 'tbody button').getAttribute('aria-pressed') === 'true')
    await waitUntil(() => asked().get('filter') === 'country:DE')
    find(element, 'tbody button').click()
    expect(site.filters).to.deep.equal([])
  })

  it('has no buttons where a click would do nothing', async () => {
    const element = await table()
    await paints(element, '/pricing')
    expect(element.shadowRoot?.querySelector('tbody button')).to.equal(null)
  })

  it('tells a long path whole to those who hear it', async () => {
    const whole = '/blog/postgres-as-a-queue-and-what-we-learned-from-running-it-for-a-year'
    const still = await table()
    await paints(still, '/pricing')
    expect(find(still, 'tbody tr:nth-child(3) .hidden').textContent).to.equal(whole)
    expect(find(still, 'tbody tr:nth-child(3) .name').getAttribute('aria-hidden')).to.equal('true')
    const element = await inSite()
    await paints(element, '/pricing')
    expect(find(element, 'tbody tr:nth-child(3) button').getAttribute('aria-label')).to.equal(whole)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('filters nothing where the page cancels the choice', async () => {
    const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
      <hk-table by="country" @hk-select=${(event: Event) => event.preventDefault()}></hk-table>
    </hk-site>`)
    const element = site.querySelector('hk-table')
    if (!element) throw new Error('no element')
    await paints(element, 'Germany')
    find(element, 'tbody button').click()
    expect(site.filters ?? []).to.deep.equal([])
  })

  it('is complete by keyboard', async () => {
    const element = await inSite()
    await paints(element, '/pricing')
    find(element, 'input').focus()
    const chosen = heard(element, 'hk-select')
    await sendKeys({ press: 'Tab' })
    await sendKeys({ press: 'Tab' })
    await sendKeys({ press: 'Enter' })
    const { selection } = await chosen
    expect('row' in selection && selection.row.value).to.equal('/pricing')
  })

  it('has targets of at least 24 pixels', async () => {
    const element = await inSite()
    await paints(element, '/pricing')
    for (const target of element.shadowRoot?.querySelectorAll('button, input') ?? []) {
      const { width, height } = target.getBoundingClientRect()
      expect(Math.min(width, height), target.outerHTML).to.be.at.least(24)
    }
  })

  it('turns pages where there are more rows than it shows', async () => {
    const element = await table()
    await paints(element, '1–6 of 8')
    const { height } = element.getBoundingClientRect()
    find(element, '.pager button:last-child').click()
    await paints(element, '7–8 of 8')
    expect(asked().get('offset')).to.equal('6')
    expect(rows(element)).to.have.length(2)
    expect(element.getBoundingClientRect().height).to.equal(height)
  })

  it('goes to the last page that there is where its own is no more, and says at no time that there is nothing', async () => {
    const element = await table()
    await paints(element, '1–6 of 8')
    find(element, '.pager button:last-child').click()
    await paints(element, '7–8 of 8')
    const said: string[] = []
    const watch = new MutationObserver(() => said.push(textOf(element)))
    if (element.shadowRoot) watch.observe(element.shadowRoot, { subtree: true, childList: true, characterData: true })
    leave(5)
    await waitUntil(() => rows(element).length === 5, 'the first page', { timeout: 3000 })
    expect(asked().get('offset')).to.equal(null)
    watch.disconnect()
    expect(said.filter((text) => text.includes('Nothing in'))).to.deep.equal([])
  })

  it('keeps its rows while they are asked for again, also where it went back before', async () => {
    const element = await table()
    await paints(element, '1–6 of 8')
    find(element, '.pager button:last-child').click()
    await paints(element, '7–8 of 8')
    leave(5)
    await waitUntil(() => rows(element).length === 5, 'the first page', { timeout: 3000 })
    const { promise, resolve } = Promise.withResolvers<void>()
    service.gate = promise
    const refreshed = element.refresh()
    await waitUntil(() => find(element, '[role=group]').ariaBusy === 'true', 'it is busy', { timeout: 3000 })
    expect(rows(element)).to.have.length(5)
    resolve()
    await refreshed
    expect(rows(element)).to.have.length(5)
  })

  it('goes back as far as it has to, and to the first page where there is nothing left', async () => {
    const element = await table('page', 2)
    await paints(element, '1–2 of 8')
    for (const page of ['3–4', '5–6', '7–8']) {
      find(element, '.pager button:last-child').click()
      await paints(element, `${page} of 8`)
    }
    leave(4)
    await paints(element, '3–4 of 4')
    leave(0)
    await paints(element, 'Nothing in this range')
    leave(8)
    await paints(element, '1–2 of 8')
  })

  it('keeps the focus on a button that leads no further', async () => {
    const element = await table()
    await paints(element, '1–6 of 8')
    const next = find(element, '.pager button:last-child')
    next.focus()
    next.click()
    await paints(element, '7–8 of 8')
    expect(element.shadowRoot?.activeElement).to.equal(next)
    expect(next.getAttribute('aria-disabled')).to.equal('true')
    const asked = service.reports.length
    next.click()
    await element.updateComplete
    expect(service.reports).to.have.length(asked)
  })

  it('says that its rows are old in place of their numbers, and moves none', async () => {
    const element = await table()
    element.style.width = '230px'
    await paints(element, '1–6 of 8')
    const top = () => rows(element)[0]?.getBoundingClientRect().top
    const before = top()
    service.failure = 503
    service.change()
    await reaches(element, 'stale')
    await paints(element, 'since')
    expect(textOf(element)).to.not.contain('1–6 of 8')
    expect(top()).to.equal(before)
  })

  it('has its title at one height, with and without a pager', async () => {
    const [paged, whole] = [await table(), await table('device')]
    await paints(paged, '1–6 of 8')
    await paints(whole, 'Desktop')
    const offset = (element: HkTable) =>
      part(element, 'label').getBoundingClientRect().top - element.getBoundingClientRect().top
    expect(offset(paged)).to.equal(offset(whole))
  })

  it('makes no box for a limit that it cannot use', async () => {
    const element = await table('page', 100_000)
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('limit has to be from 1 to 1000')
    expect(element.offsetHeight).to.be.below(500)
  })

  it('searches, and says where nothing matches', async () => {
    const element = await table()
    await paints(element, '/pricing')
    const field = find(element, 'input')
    if (!(field instanceof HTMLInputElement)) throw new Error('no field')
    field.focus()
    await sendKeys({ type: 'zzz' })
    await paints(element, 'Nothing matches')
    expect(element.shadowRoot?.activeElement).to.equal(field)
    expect(asked().get('search')).to.equal('zzz')
  })

  it('keeps its rows in a quiet refresh, and marks only the one that moved', async () => {
    const element = await table()
    await paints(element, '/pricing')
    const before = rows(element)
    service.extra = 5
    const changed = heard(element, 'hk-change')
    service.change()
    expect([...(await changed).changed]).to.deep.equal(['/guides/first-steps'])
    await paints(element, '6,209')
    expect(rows(element)).to.deep.equal(before)
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
  })

  it('has the focus go along with a row that moves', async () => {
    const element = await inSite()
    await paints(element, '/pricing')
    const focused = () => element.shadowRoot?.activeElement?.textContent?.trim()
    find(element, 'tbody tr:nth-child(2) button').focus()
    expect(focused()).to.equal('/pricing')
    const rest = { visits: 0, pageviews: 0, share: 0.1 }
    const row = (value: string, visitors: number) => ({ value, visitors, ...rest })
    service.data.set('breakdown', { by: 'page', rows: [row('/pricing', 9000), row('/', 10)], total: 2 })
    service.change()
    await paints(element, '9,000')
    expect(focused()).to.equal('/pricing')
    expect(find(element, 'tbody tr button')).to.equal(element.shadowRoot?.activeElement)
  })

  it('keeps its height from loading to data, and says what would fill it', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await table()
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, '/pricing')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('breakdown', { by: 'page', rows: [], total: 0 })
    element.range = '7d'
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('The first visit will appear here')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('starts its bars at the right where text does', async () => {
    const box = await fixture<HTMLElement>(html`<div dir="rtl" lang="ar">
      <hk-table endpoint=${service.endpoint} share="token" by="source"></hk-table>
    </div>`)
    const element = box.querySelector('hk-table')
    if (!element) throw new Error('no element')
    await paints(element, 'المصادر')
    await paints(element, 'Direct')
    const [first, second] = [...(element.shadowRoot?.querySelectorAll('[part=bar]') ?? [])]
    expect(second?.getBoundingClientRect().right).to.equal(first?.getBoundingClientRect().right)
    expect(second?.getBoundingClientRect().left).to.be.greaterThan(first?.getBoundingClientRect().left ?? 0)
    await expect(element).to.be.accessible()
  })

  it('names an attribute that it cannot use', async () => {
    const element = await table('colour')
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('by="colour" is not known')
  })
})
