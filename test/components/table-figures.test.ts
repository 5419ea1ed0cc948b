import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkTable } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, rows, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function asked(): URLSearchParams {
  return service.reports.at(-1)?.searchParams ?? new URLSearchParams()
}

describe('hk-table with several figures', () => {
  async function wide(): Promise<HkTable> {
    const box = await fixture<HTMLElement>(html`<div lang="en" style="width: 700px">
      <hk-table endpoint=${service.endpoint} share="token" by="page" limit="6" download
        metrics="pageviews, visitors, bounce_rate, visit_duration"></hk-table>
    </div>`)
    const element = box.querySelector('hk-table')
    if (!element) throw new Error('no element')
    await paints(element, '/pricing')
    return element
  }

  it('has a column for each, sorted by the first', async () => {
    const element = await wide()
    expect(asked().get('sort')).to.equal('pageviews')
    const text = rows(element)[0]?.textContent?.replaceAll(/\s+/g, ' ').trim()
    expect(text).to.equal('/guides/first-steps 6,204 6,204 40.0% 1m 30s')
    expect(find(element, '[aria-sort=descending]').textContent?.trim()).to.equal('Pageviews')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('sorts by a head, and the other way round by another click', async () => {
    const element = await wide()
    const heads = () => [...(element.shadowRoot?.querySelectorAll<HTMLElement>('thead button') ?? [])]
    heads()[3]?.click()
    await waitUntil(() => asked().get('sort') === 'bounce_rate', 'sorted', { timeout: 3000 })
    heads()[3]?.click()
    await waitUntil(() => asked().get('sort') === '-bounce_rate', 'turned', { timeout: 3000 })
    heads()[0]?.click()
    await waitUntil(() => asked().get('sort') === '-value', 'by name', { timeout: 3000 })
    expect(find(element, '[aria-sort=ascending]').textContent?.trim()).to.equal('Pages')
  })

  it('keeps the first figures where there is no room for all', async () => {
    const element = await wide()
    for (const [width, shown] of [[700, 5], [500, 4], [320, 3], [254, 2]] as const) {
      if (element.parentElement) element.parentElement.style.width = `${width}px`
      const cells = [...(rows(element)[0]?.children ?? [])].filter((cell) => cell.getBoundingClientRect().width > 0)
      expect(cells, `${width} px`).to.have.length(shown)
      expect(element.scrollWidth, `${width} px`).to.be.at.most(width)
    }
  })

  it('keeps its height from loading to data', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const box = await fixture<HTMLElement>(html`<div lang="en"><hk-table endpoint=${service.endpoint} share="token"
      by="page" limit="6" metrics="visitors,visits"></hk-table></div>`)
    const element = box.querySelector('hk-table')
    if (!element) throw new Error('no element')
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, '/pricing')
    expect(element.getBoundingClientRect().height).to.equal(height)
  })

  it('has one figure under its name, where it is another than visitors', async () => {
    const element = await wide()
    element.metrics = 'pageviews'
    await waitUntil(() => rows(element)[0]?.children.length === 2, 'one figure', { timeout: 3000 })
    const heads = [...(element.shadowRoot?.querySelectorAll('thead th') ?? [])]
    expect(heads.map((one) => one.textContent?.trim())).to.deep.equal(['Pages', 'Pageviews'])
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('names a figure that it cannot show', async () => {
    const element = await wide()
    element.metrics = 'visitors,luck'
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('metrics="luck" is not known')
    element.metrics = ''
    await paints(element, '/pricing')
    expect(asked().get('sort')).to.equal(null)
  })

  it('saves all rows as a file, as they are asked for, without their page', async () => {
    const element = await wide()
    service.answer = () => new Response('"value","visitors"\r\n', { headers: { 'content-type': 'text/csv' } })
    const saved: { name: string; href: string }[] = []
    const click = HTMLAnchorElement.prototype.click
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, href: this.href })
    }
    try {
      find(element, '.save').click()
      await waitUntil(() => saved.length === 1, 'saved', { timeout: 3000 })
    } finally {
      HTMLAnchorElement.prototype.click = click
    }
    const [request] = service.requests
    expect(request?.url.pathname).to.match(/\/reports\/breakdown\/export$/)
    expect(Object.fromEntries(request?.url.searchParams ?? [])).to.deep.equal({
      format: 'csv',
      by: 'page',
      range: '30d',
      sort: 'pageviews',
    })
    expect(saved[0]?.name).to.match(/-page\.csv$/)
    expect(await (await fetch(saved[0]?.href ?? '')).text()).to.contain('"value"')
  })

  it('says where no file can be had, and tries again', async () => {
    const element = await wide()
    service.answer = () => new Response(null, { status: 403 })
    const failed = heard(element, 'hk-error')
    find(element, '.save').click()
    await failed
    await element.updateComplete
    expect(find(element, '.save').title).to.equal('This link does not give access to this report.')
    find(element, '.save').click()
    await waitUntil(() => service.requests.length === 2)
  })

  it('says so where the file breaks off, and tries again', async () => {
    const element = await wide()
    service.answer = () => new Response(new ReadableStream({ pull: (rest) => rest.error(new TypeError('cut')) }))
    const failed = heard(element, 'hk-error')
    find(element, '.save').click()
    expect((await failed).error.code).to.equal('network')
    await element.updateComplete
    expect(find(element, '.save').getAttribute('aria-disabled')).to.equal('false')
  })
})
