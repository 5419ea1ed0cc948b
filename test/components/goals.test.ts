import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkGoals, HkSite } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function inSite(compare?: 'previous'): Promise<[HkSite, HkGoals]> {
  const site = await fixture<HkSite>(html`<hk-site
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    .compare=${compare}
  >
    <hk-goals limit="5"></hk-goals>
  </hk-site>`)
  const element = site.querySelector('hk-goals')
  if (!element) throw new Error('no element')
  await paints(element, 'Signed up')
  return [site, element]
}

function goals(): Promise<HkGoals> {
  return fixture<HkGoals>(html`<hk-goals lang="en" endpoint=${service.endpoint} share="token" limit="5"></hk-goals>`)
}

function names(element: HkGoals): (string | undefined)[] {
  const found = element.shadowRoot?.querySelectorAll<HTMLElement>('tbody tr') ?? []
  return [...found].map(({ dataset }) => dataset['value'])
}

describe('hk-goals', () => {
  it('shows conversions, visitors, rate and value of each goal, and their course', async () => {
    const element = await goals()
    await paints(element, 'Signed up')
    const row = find(element, 'tbody tr:nth-child(2)')
    expect(row.innerText.replaceAll(/\s+/g, ' ').trim()).to.equal('Signed up 857 812 2.6% €25,710')
    expect(row.querySelector('.spark path')?.getAttribute('d')).to.match(/^M/)
    expect(find(element, 'tbody tr:last-child').textContent).to.contain('€0')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('tells the change of conversions where it is to compare', async () => {
    const [, element] = await inSite('previous')
    expect(part(element, 'delta').textContent).to.contain('from the period before')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('filters the site around by a click, and lets go by another', async () => {
    const [site, element] = await inSite()
    find(element, 'tbody tr:nth-child(2) button').click()
    expect(site.filters).to.deep.equal(['goal:Signed up'])
    await waitUntil(() => service.reports.at(-1)?.searchParams.get('filter') === 'goal:Signed up')
    await waitUntil(() => element.shadowRoot?.querySelector('[aria-pressed=true]'))
    find(element, '[aria-pressed=true]').click()
    expect(site.filters).to.deep.equal([])
  })

  it('filters nothing where the page cancels the choice', async () => {
    const [site, element] = await inSite()
    element.addEventListener('hk-select', (event) => event.preventDefault())
    find(element, 'tbody button').click()
    expect(site.filters ?? []).to.deep.equal([])
  })

  it('sorts by a column, and the other way by another click', async () => {
    const element = await goals()
    await paints(element, 'Signed up')
    expect(find(element, '.at-conversions').getAttribute('aria-sort')).to.equal('descending')
    find(element, 'thead .at-value button').focus()
    await sendKeys({ press: 'Enter' })
    await waitUntil(() => names(element)[0] === 'Signed up')
    expect(find(element, 'thead .at-value').getAttribute('aria-sort')).to.equal('descending')
    find(element, 'thead .at-name button').click()
    await waitUntil(() => names(element)[0]?.startsWith('Asked'))
    expect(find(element, 'thead .at-name').getAttribute('aria-sort')).to.equal('ascending')
    find(element, 'thead .at-name button').click()
    await waitUntil(() => names(element)[0] === 'Signed up')
  })

  it('marks only the goal that moved', async () => {
    const element = await goals()
    await paints(element, '857')
    service.extra = 3
    const changed = heard(element, 'hk-change')
    service.change()
    expect([...(await changed).changed]).to.deep.equal(['Signed up'])
    await paints(element, '860')
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
  })

  it('has all of it at 320 pixels, and nothing that is wider', async () => {
    const element = await goals()
    element.style.width = '284px'
    await paints(element, 'Signed up')
    const row = find(element, 'tbody tr:nth-child(2)')
    expect(row.innerText.replaceAll(/\s+/g, ' ')).to.contain('812 visitors').and.to.contain('€25,710')
    const { right } = element.getBoundingClientRect()
    for (const cell of row.querySelectorAll('td')) expect(cell.getBoundingClientRect().right).to.be.at.most(right)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('has targets of at least 24 pixels', async () => {
    const [, element] = await inSite()
    for (const target of element.shadowRoot?.querySelectorAll('button') ?? []) {
      const { width, height } = target.getBoundingClientRect()
      expect(Math.min(width, height), target.outerHTML).to.be.at.least(24)
    }
  })

  it('keeps its height from loading to data, and says what would fill it', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await goals()
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, 'Signed up')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('goals', nothing['goals'])
    element.range = '7d'
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('No goals yet. Set one')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('speaks the language around it', async () => {
    const box = await fixture<HTMLElement>(html`<div lang="de">
      <hk-goals endpoint=${service.endpoint} share="token"></hk-goals>
    </div>`)
    const element = box.querySelector('hk-goals')
    if (!element) throw new Error('no element')
    await paints(element, 'Wert')
    await paints(element, '2,6 %')
  })

  it('names a column that it cannot sort by', async () => {
    const element = await goals()
    element.sort = 'colour'
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('sort="colour" is not known')
  })
})
