import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkOpportunities } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { finding, nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function opportunities(lang = 'en'): Promise<HkOpportunities> {
  return fixture<HkOpportunities>(html`<hk-opportunities
    lang=${lang}
    endpoint=${service.endpoint}
    share="token"
    .filters=${['country:DE']}
  ></hk-opportunities>`)
}

function findings(element: HkOpportunities): string[] {
  const found = element.shadowRoot?.querySelectorAll<HTMLElement>('summary') ?? []
  return [...found].map((row) => row.innerText.replaceAll(/[\s\u2068\u2069]+/g, ' ').trim())
}

describe('hk-opportunities', () => {
  it('shows what was found, what to do, what became of it, and what it touches', async () => {
    const element = await opportunities()
    await paints(element, '/pricing')
    const [first, second, third] = findings(element)
    expect(first).to.match(/pricing : many visits end where they began Compare what .* 6% Impact$/)
    expect(second).to.contain('is slow (LCP)').and.to.contain('Saved')
    expect(third).to.contain('What AI agents read is not known').and.to.contain('Dismissed')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('opens to its evidence by keyboard, each figure in its unit', async () => {
    const element = await opportunities()
    await paints(element, '/pricing')
    find(element, 'summary').focus()
    await sendKeys({ press: 'Enter' })
    const told = find(element, 'details[open]').innerText.replaceAll(/\s+/g, ' ')
    expect(told).to.contain('Visits that began here 640 Bounce rate of the page 81.0%').and.to.contain('Confidence 99.8%')
    expect(told).to.contain('Goes away when “Bounce rate of the page” is at most 62.0%; now it is 81.0%.')
    const slow = find(element, 'li:nth-child(2) .evidence').textContent?.replaceAll(/\s+/g, ' ')
    expect(slow).to.contain('p75 of LCP5.1s').and.to.contain('Greatest good LCP2.5s')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('says all of it in the language around, and what it cannot say so in English, marked as such', async () => {
    const element = await opportunities('de')
    await paints(element, 'viele Besuche enden')
    await paints(element, 'Gemerkt')
    expect(find(element, '.evidence').textContent).to.contain('Absprungrate der Seite')
    expect(find(element, '.action').hasAttribute('lang')).to.equal(false)
    service.data.set('opportunities', { rows: [{ ...finding, detector_version: 2 }], total: 1, last_run: '2026-11-22' })
    await element.refresh()
    await paints(element, 'Compare what brings visitors here')
    expect(find(element, '.action').getAttribute('lang')).to.equal('en')
  })

  it('asks for the site, whatever range and filters are around it', async () => {
    const element = await opportunities()
    await paints(element, '/pricing')
    expect([...(service.reports.at(-1)?.searchParams.keys() ?? [])]).to.deep.equal(['limit'])
    element.status = 'saved'
    await waitUntil(() => findings(element).length === 1)
    expect(findings(element)[0]).to.contain('is slow')
  })

  it('only reads, where nothing else is said', async () => {
    const element = await opportunities()
    await paints(element, '/pricing')
    expect(element.shadowRoot?.querySelectorAll('button, input, select')).to.have.length(0)
  })

  it('sets what becomes of a finding, and shows it when the service says so', async () => {
    const element = await opportunities()
    element.manage = true
    await paints(element, '/pricing')
    find(element, 'summary').click()
    const status = (name: string) =>
      [...(element.shadowRoot?.querySelectorAll<HTMLElement>('details[open] .choices button') ?? [])].find(({ dataset }) => dataset['text'] === name)
    await waitUntil(() => status('Done'))
    expect(status('New')?.ariaPressed).to.equal('true')
    status('Done')?.click()
    await waitUntil(() => service.requests.length === 1)
    const [request] = service.requests
    expect(request?.url.pathname).to.match(new RegExp(`/opportunities/${finding.id}$`))
    expect([request?.method, request?.body]).to.deep.equal(['PATCH', '{"status":"done"}'])
    expect(status('New')?.ariaPressed).to.equal('true')
    service.data.set('opportunities', { rows: [{ ...finding, status: 'done' }], total: 1, last_run: '2026-11-22' })
    service.change(['opportunities'])
    await waitUntil(() => status('Done')?.ariaPressed === 'true', 'told', { timeout: 3000 })
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('closes with the finding that went, rather than to show the next one in its place', async () => {
    const next = { ...finding, id: 'next', subject: '/next' }
    service.data.set('opportunities', { rows: [finding, next], total: 2, last_run: '2026-11-22' })
    const element = await opportunities()
    await paints(element, '/next')
    find(element, 'summary').click()
    await waitUntil(() => element.shadowRoot?.querySelector('details[open]'))
    service.data.set('opportunities', { rows: [next], total: 1, last_run: '2026-11-22' })
    service.change(['opportunities'])
    await waitUntil(() => element.shadowRoot?.querySelectorAll('details').length === 1, 'gone', { timeout: 3000 })
    expect(textOf(element)).to.contain('/next')
    expect(find(element, 'details').hasAttribute('open')).to.equal(false)
  })

  it('says that a credential may not set it', async () => {
    service.answer = () => new Response(null, { status: 403 })
    const element = await opportunities()
    element.manage = true
    await paints(element, '/pricing')
    find(element, 'summary').click()
    await waitUntil(() => element.shadowRoot?.querySelector('details[open] .choices'))
    const failed = heard(element, 'hk-error')
    find(element, 'details[open] .choices button:nth-child(2)').click()
    await failed
    await waitUntil(() => /does not give access/.test(find(element, 'details[open] [role=status]').textContent ?? ''))
  })

  it('marks only the finding that moved, and keeps open what is', async () => {
    const element = await opportunities()
    await paints(element, '/pricing')
    find(element, 'summary').click()
    service.extra = 1
    const changed = heard(element, 'hk-change')
    service.change(['opportunities'])
    expect([...(await changed).changed]).to.deep.equal(['o2'])
    await element.updateComplete
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
    expect(find(element, 'details').hasAttribute('open')).to.equal(true)
  })

  it('keeps its height from loading to data, and says so where nothing was found', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await opportunities()
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, '/pricing')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('opportunities', nothing['opportunities'])
    await element.refresh()
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('Nothing found that is worth your time')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('opportunities', { rows: [], total: 0, last_run: null })
    await element.refresh()
    await paints(element, 'has not been looked through yet')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('names a status that it does not know', async () => {
    const element = await opportunities()
    element.setAttribute('status', 'open')
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('status="open" is not known')
  })
})
