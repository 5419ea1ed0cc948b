import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkKpi } from '../../components/index.ts'
import { after, find, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function block(attributes: Partial<Pick<HkKpi, 'metric' | 'lang'>> = {}): Promise<HkKpi> {
  return fixture<HkKpi>(html`<hk-kpi
    endpoint=${service.endpoint}
    share="token"
    label="Readers"
    compare="previous"
    spark
    metric=${attributes.metric ?? 'visitors'}
    lang=${attributes.lang ?? 'en'}
  ></hk-kpi>`)
}

describe('hk-kpi in a sentence', () => {
  it('takes font, colour and size of the sentence, and nothing else', async () => {
    const sentence = await fixture<HTMLElement>(html`<p
      lang="en"
      style="font: italic 20px serif; color: rgb(90, 50, 20)"
    >
      Read by <hk-kpi endpoint=${service.endpoint} share="token" metric="visitors">1,204</hk-kpi> people.
    </p>`)
    const kpi = sentence.querySelector('hk-kpi')
    if (!kpi) throw new Error('no element')
    await paints(kpi, '31,482')
    const style = getComputedStyle(part(kpi, 'value'))
    expect(getComputedStyle(kpi).display).to.equal('inline')
    expect([style.fontStyle, style.fontSize, style.fontWeight]).to.deep.equal(['italic', '20px', '400'])
    expect(style.color).to.equal('rgb(90, 50, 20)')
    expect(textOf(kpi)).to.equal('31,482')
    await expect(sentence).to.be.accessible()
  })

  it('leaves the author’s text where the number cannot be had', async () => {
    service.failure = 503
    const kpi = await fixture<HkKpi>(html`<hk-kpi endpoint=${service.endpoint} share="token">1,204</hk-kpi>`)
    await reaches(kpi, 'error')
    expect(textOf(kpi)).to.equal('1,204')
  })
})

describe('hk-kpi as a block', () => {
  it('shows label, number, change in words, and the course', async () => {
    const kpi = await block()
    await paints(kpi, '31,482')
    expect(part(kpi, 'label').textContent).to.equal('Readers')
    expect(part(kpi, 'delta').textContent).to.contain('+12.4%')
    expect(part(kpi, 'delta').textContent).to.contain('up 12.4% from the period before')
    await after(50)
    expect(find(kpi, '[part=chart] path').getAttribute('d')).to.match(/^M0 /)
    await inBothSchemes(() => expect(kpi).to.be.accessible())
  })

  it('calls a falling bounce rate better', async () => {
    const kpi = await block({ metric: 'bounce_rate' })
    await paints(kpi, '41.2%')
    expect(part(kpi, 'delta').classList.contains('better')).to.equal(true)
    expect(part(kpi, 'delta').textContent).to.contain('−2.3 pt')
  })

  it('is a block of its own inside of a site', async () => {
    const site = await fixture(html`<hk-site endpoint=${service.endpoint} share="token">
      <hk-kpi></hk-kpi>
    </hk-site>`)
    const kpi = site.querySelector('hk-kpi')
    if (!kpi) throw new Error('no element')
    await paints(kpi, '31,482')
    expect(getComputedStyle(kpi).display).to.equal('block')
  })

  it('never blanks in a quiet refresh, and marks what moved for a while', async () => {
    const kpi = await block()
    await paints(kpi, '31,482')
    const seen = new Set<string>()
    const watcher = new MutationObserver(() => seen.add(part(kpi, 'value').textContent?.trim() ?? ''))
    if (!kpi.shadowRoot) throw new Error('no shadow root')
    watcher.observe(kpi.shadowRoot, { subtree: true, childList: true, characterData: true, attributes: true })
    const states = new Set<boolean>()
    service.extra = 8
    const changed = heard(kpi, 'hk-change')
    const look = setInterval(() => states.add(kpi.matches(':state(loading)')), 5)
    service.change()
    const event = await changed
    await paints(kpi, '31,490')
    expect([event.value, event.previous]).to.deep.equal([31_490, 31_482])
    expect(kpi.matches(':state(changed)')).to.equal(true)
    await after(1300)
    clearInterval(look)
    watcher.disconnect()
    expect(kpi.matches(':state(changed)')).to.equal(false)
    expect([...seen].filter((text) => text !== '31,482' && text !== '31,490')).to.deep.equal([])
    expect([...states]).to.deep.equal([false])
  })

  it('keeps its box while a new question loads', async () => {
    const kpi = await block()
    await paints(kpi, '31,482')
    const before = kpi.getBoundingClientRect()
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    kpi.range = '7d'
    await reaches(kpi, 'loading')
    expect(kpi.getBoundingClientRect()).to.deep.equal(before)
    open()
    await paints(kpi, '31,482')
    expect(kpi.getBoundingClientRect()).to.deep.equal(before)
    expect(service.reports.at(-1)?.searchParams.get('range')).to.equal('7d')
  })

  it('writes a number in short where it would not fit, and whole where it does', async () => {
    service.data.set('overview', { visitors: 1_234_567_890 })
    const kpi = await block()
    const box = kpi.parentElement
    if (!box) throw new Error('no box')
    for (const [width, text] of [[108, '1.2B'], [600, '1,234,567,890'], [150, '1,234,567,890']] as const) {
      box.style.width = `${width}px`
      await paints(kpi, text)
      await after(50)
      expect(part(kpi, 'value').textContent).to.equal(text)
      expect(part(kpi, 'value').getBoundingClientRect().width, String(width)).to.be.at.most(width)
    }
  })

  it('is as high with an error as with a number, also where it is narrow', async () => {
    const kpi = await block()
    if (kpi.parentElement) kpi.parentElement.style.cssText = 'width: 120px; font-size: 15px'
    await paints(kpi, '31,482')
    const { height } = kpi.getBoundingClientRect()
    service.failure = 'network'
    kpi.range = '7d'
    await paints(kpi, 'cannot be reached')
    expect(kpi.getBoundingClientRect().height).to.equal(height)
    const { bottom } = kpi.getBoundingClientRect()
    expect(find(kpi, 'button').getBoundingClientRect().bottom).to.be.at.most(bottom)
  })

  it('shares one answer for the courses of all metrics, and asks for none without room', async () => {
    const { endpoint } = service
    const site = await fixture<HTMLElement>(html`<hk-site lang="en" endpoint=${endpoint} share="token">
      <hk-kpi spark></hk-kpi><hk-kpi spark metric="bounce_rate"></hk-kpi>
      <div style="width: 100px"><hk-kpi spark range="7d"></hk-kpi></div>
    </hk-site>`)
    const kpis = [...site.querySelectorAll('hk-kpi')]
    await waitUntil(() => kpis.every((kpi) => /\d/.test(textOf(kpi))))
    await after(100)
    const series = service.reports.filter((url) => url.pathname.endsWith('/timeseries'))
    expect(series.map((url) => url.searchParams.get('range'))).to.deep.equal(['30d'])
    for (const kpi of site.querySelectorAll(':scope > hk-kpi')) {
      expect(find(kpi, '[part=chart] path').getAttribute('d')).to.match(/^M0 /)
    }
  })

  it('says what went wrong, and tries again', async () => {
    service.failure = 'network'
    const kpi = await block()
    await paints(kpi, 'cannot be reached')
    await inBothSchemes(() => expect(kpi).to.be.accessible())
    service.failure = undefined
    find(kpi, 'button').click()
    await paints(kpi, '31,482')
  })

  it('shows the number of before as stale when a refresh fails', async () => {
    const kpi = await block()
    await paints(kpi, '31,482')
    service.failure = 503
    service.change()
    await reaches(kpi, 'stale')
    expect(textOf(kpi)).to.contain('31,482')
    expect(textOf(kpi)).to.contain('since ')
  })

  it('says that access is denied', async () => {
    service.failure = 404
    const kpi = await block()
    await reaches(kpi, 'denied')
    expect(textOf(kpi)).to.contain('does not give access')
  })

  it('shows a dash where the number is not defined', async () => {
    service.data.set('overview', { visitors: 0, bounce_rate: null })
    const kpi = await block({ metric: 'bounce_rate' })
    await reaches(kpi, 'empty')
    expect(part(kpi, 'value').textContent).to.equal('–')
  })

  it('names a metric that it does not know, and throws nothing', async () => {
    const errors: string[] = []
    const hear = (event: Event) => errors.push(event.type)
    document.addEventListener('hk-error', hear)
    const kpi = await block({ metric: 'visitorz' })
    document.removeEventListener('hk-error', hear)
    await reaches(kpi, 'error')
    expect(textOf(kpi)).to.contain('metric="visitorz" is not known')
    expect(errors).to.deep.equal(['hk-error'])
    expect(service.reports).to.deep.equal([])
  })

  it('speaks the language of the closest lang', async () => {
    const kpi = await block({ lang: 'de' })
    await paints(kpi, '31.482')
    await paints(kpi, '12,4 % mehr als im Zeitraum davor')
  })
})
