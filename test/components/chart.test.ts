import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { resetMouse, sendMouse } from '@web/test-runner-commands'
import { daysOf } from '../../components/chart/stretch.ts'
import '../../components/define.ts'
import type { HkChart, HkSite } from '../../components/index.ts'
import { after, find, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function chart(metric = 'visitors,pageviews', width = 700): Promise<HkChart> {
  const box = await fixture<HTMLElement>(html`<div lang="en" style="width: ${width}px">
    <hk-chart endpoint=${service.endpoint} share="token" metric=${metric} compare="previous"></hk-chart>
  </div>`)
  const element = box.querySelector('hk-chart')
  if (!element) throw new Error('no element')
  return element
}

async function drawn(metric?: string, width?: number): Promise<HkChart> {
  const element = await chart(metric, width)
  await paints(element, 'by day')
  return element
}

function press(element: HkChart, key: string, shiftKey = false): void {
  const event = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true })
  find(element, '[role=slider]').dispatchEvent(event)
}

async function told(element: HkChart): Promise<string> {
  await element.updateComplete
  return find(element, '[role=slider]').getAttribute('aria-valuetext') ?? ''
}

describe('hk-chart', () => {
  it('is a figure that a sentence sums up', async () => {
    const element = await drawn()
    const caption = find(element, 'figure > .head > figcaption').textContent ?? ''
    expect(caption).to.contain('Visitors by day')
    expect(caption).to.contain('Visitors: 1,000 on Fri, Oct 23, 1,168 on Fri, Nov 20')
    expect(caption).to.contain('at most 1,450 on Sun, Nov 15, rising overall.')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('draws from 0, with three to five ticks where lines of text end', async () => {
    const element = await drawn()
    const ticks = [...(element.shadowRoot?.querySelectorAll('.grid text[dy]') ?? [])]
    expect(ticks.map((tick) => tick.textContent?.trim())).to.deep.equal(['0', '500', '1,000', '1,500'])
    const plot = find(element, 'svg').getBoundingClientRect()
    const starts = ticks.map((tick) => tick.getBoundingClientRect().left)
    expect(Math.min(...starts)).to.be.greaterThan(plot.left + plot.width * 0.8)
  })

  it('dots the bucket that is not over, and dashes the comparison', async () => {
    const element = await drawn()
    const dashes = (selector: string) => getComputedStyle(find(element, selector)).strokeDasharray
    expect(find(element, '.line.partial').getAttribute('d')).to.match(/^M[\d. ]+L[\d. ]+$/)
    expect(dashes('.line.partial')).to.not.equal('none')
    expect(dashes('.before')).to.equal('4px, 4px')
    expect(dashes('.line')).to.equal('none')
  })

  it('leaves a gap where nothing is known', async () => {
    const at = (day: number) => `2026-11-0${day + 1}T00:00:00Z`
    const points = [4, 5, null, 7, 8].map((visitors, day) => ({ at: at(day), visitors }))
    service.data.set('timeseries', { metrics: ['visitors'], points })
    const element = await drawn('visitors')
    expect(find(element, '.line').getAttribute('d')?.match(/M/g)).to.have.length(2)
  })

  it('is one tab stop that arrow keys lead through', async () => {
    const element = await drawn()
    const stops = element.shadowRoot?.querySelectorAll('[tabindex="0"]')
    expect(stops).to.have.length(1)
    press(element, 'Home')
    expect(await told(element)).to.equal('Fri, Oct 23, 1,000 visitors, up 12.4% from the period before')
    press(element, 'ArrowRight')
    expect(await told(element)).to.contain('Sat, Oct 24')
    press(element, 'End')
    press(element, 'ArrowLeft')
    expect(await told(element)).to.contain('Fri, Nov 20')
    expect(find(element, '.tooltip').textContent).to.match(/before\s*\+12\.3%/)
    press(element, 'Escape')
    await element.updateComplete
    expect(element.shadowRoot?.querySelector('.tooltip')).to.equal(null)
  })

  it('keeps the tooltip off the point and its neighbours, and inside', async () => {
    for (const width of [700, 280]) {
      const element = await drawn('visitors', width)
      press(element, 'Home')
      for (let index = 0; index < 30; index += 1) {
        await element.updateComplete
        const box = find(element, '.tooltip').getBoundingClientRect()
        const plot = find(element, '.plot').getBoundingClientRect()
        const point = find(element, '.point').getBoundingClientRect()
        const middle = point.left + point.width / 2
        const step = (plot.width - 60) / 29
        const near = [middle - step, middle, middle + step].some((at) => at > box.left && at < box.right)
        const inside = box.left >= plot.left - 1 && box.right <= plot.right + 1
        expect({ near, inside }, `${width} px, point ${index}`).to.deep.equal({ near: false, inside: true })
        press(element, 'ArrowRight')
      }
    }
  })

  it('says which point was chosen', async () => {
    const element = await drawn()
    const chosen = heard(element, 'hk-select')
    press(element, 'Home')
    press(element, 'Enter')
    const { selection } = await chosen
    expect('point' in selection && selection.point.visitors).to.equal(1000)
  })

  it('switches metrics without asking again', async () => {
    const element = await drawn()
    const asked = service.reports.length
    const button = [...(element.shadowRoot?.querySelectorAll<HTMLElement>('.choices button') ?? [])][1]
    button?.click()
    await paints(element, 'Pageviews by day')
    expect(service.reports).to.have.length(asked)
  })

  it('has the same figures as a table, in the same box', async () => {
    const element = await drawn('visitors')
    const before = element.getBoundingClientRect().height
    find(element, '.choices button:last-child').click()
    await element.updateComplete
    const rows = [...(element.shadowRoot?.querySelectorAll('tbody tr') ?? [])]
    expect(rows).to.have.length(30)
    expect(rows[0]?.textContent?.replaceAll(/\s+/g, ' ').trim()).to.equal('Fri, Oct 23 1,000 890')
    expect(element.getBoundingClientRect().height).to.equal(before)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('mirrors the axis from right to left, but not time', async () => {
    const box = await fixture<HTMLElement>(html`<div dir="rtl" lang="ar">
      <hk-chart endpoint=${service.endpoint} share="token"></hk-chart>
    </div>`)
    const element = box.querySelector('hk-chart')
    if (!element) throw new Error('no element')
    await paints(element, 'الزوار حسب اليوم')
    const plot = find(element, 'svg').getBoundingClientRect()
    expect(find(element, '.grid text[dy]').getBoundingClientRect().right).to.be.lessThan(plot.left + 60)
    press(element, 'Home')
    await element.updateComplete
    const first = find(element, '.point').getBoundingClientRect().left
    press(element, 'ArrowRight')
    await element.updateComplete
    expect(find(element, '.point').getBoundingClientRect().left).to.be.greaterThan(first)
  })

  it('keeps the drawing in a quiet refresh, and marks the change', async () => {
    const element = await drawn('visitors')
    const line = find(element, '.line')
    service.extra = 40
    const changed = heard(element, 'hk-change')
    service.change()
    await changed
    await reaches(element, 'changed')
    expect(find(element, '.line')).to.equal(line)
    expect(element.shadowRoot?.querySelectorAll('.moved')).to.have.length(1)
  })

  it('marks the bucket that moved, wherever it stands', async () => {
    const points = (third: number) =>
      [4, 5, third, 7, 8].map((visitors, day) => ({ at: `2026-11-0${day + 1}T00:00:00Z`, visitors }))
    service.data.set('timeseries', { metrics: ['visitors'], points: points(6) })
    const element = await drawn('visitors')
    service.data.set('timeseries', { metrics: ['visitors'], points: points(9) })
    service.change()
    await reaches(element, 'changed')
    await element.updateComplete
    const marks = [...(element.shadowRoot?.querySelectorAll('.moved') ?? [])]
    press(element, 'Home')
    press(element, 'ArrowRight')
    press(element, 'ArrowRight')
    await element.updateComplete
    const cursor = find(element, '.cursor').getAttribute('x1')
    expect(marks.map((mark) => mark.getAttribute('cx'))).to.deep.equal([cursor])
  })

  it('keeps its tooltip, and chooses, when a finger is lifted', async () => {
    const element = await drawn('visitors')
    const track = find(element, '.track')
    const { left, top, width } = track.getBoundingClientRect()
    const at = { clientX: left + width / 2, clientY: top + 40, bubbles: true }
    const touch = (type: string, pointerType: string) =>
      track.dispatchEvent(new PointerEvent(type, { ...at, pointerType }))
    const chosen = heard(element, 'hk-select')
    for (const type of ['pointerdown', 'pointerup', 'pointerout', 'pointerleave']) touch(type, 'touch')
    track.click()
    const { selection } = await chosen
    expect('point' in selection && selection.point.at).to.match(/^2026-11-0/)
    await element.updateComplete
    expect(find(element, '.tooltip').textContent).to.contain('visitors')
    touch('pointerleave', 'mouse')
    await element.updateComplete
    expect(element.shadowRoot?.querySelector('.tooltip')).to.equal(null)
  })

  it('names a height that it cannot use, in a box of the usual height', async () => {
    const element = await fixture<HkChart>(html`<hk-chart
      lang="en" endpoint=${service.endpoint} share="token" height="abc"></hk-chart>`)
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('height has to be from 60 to 2000')
    expect(find(element, '.plot').clientHeight).to.equal(240)
    expect(element.shadowRoot?.querySelector('svg')).to.equal(null)
  })

  it('compares with nothing where it says so, whatever is said around', async () => {
    const site = await fixture<HTMLElement>(html`<hk-site
      lang="en" endpoint=${service.endpoint} share="token" compare="previous"
      ><hk-chart compare="none"></hk-chart></hk-site>`)
    const element = site.querySelector('hk-chart')
    if (!element) throw new Error('no element')
    await paints(element, 'by day')
    expect(service.reports.at(-1)?.searchParams.get('compare')).to.equal(null)
    expect(element.shadowRoot?.querySelector('.before')).to.equal(null)
  })

  it('has a tooltip of a readable width at 280 pixels', async () => {
    const element = await drawn('visitors', 280)
    press(element, 'Home')
    for (let index = 0; index < 30; index += 1) {
      await element.updateComplete
      expect(find(element, '.tooltip').offsetWidth, `point ${index}`).to.be.at.least(110)
      press(element, 'ArrowRight')
    }
  })

  it('keeps its height through loading, data, error and emptiness', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await chart('visitors')
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, 'by day')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('timeseries', { metrics: ['visitors'], points: [] })
    void element.refresh()
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('The first visit will appear here')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
    service.failure = 503
    element.range = '7d'
    await reaches(element, 'error')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('follows the width of its box', async () => {
    const element = await drawn('visitors')
    const box = element.parentElement
    if (box) box.style.width = '280px'
    await after(100)
    expect(part(element, 'chart').getAttribute('width')).to.equal('280')
  })

  it('draws bars from 0, the one that is not over as an outline, the comparison as lines above them', async () => {
    const element = await drawn('visitors')
    element.type = 'bar'
    await element.updateComplete
    const bars = find(element, '.bar:not(.running)').getAttribute('d')?.match(/M[^M]+/g) ?? []
    const ground = find(element, '.grid line').getAttribute('y1')
    expect(bars).to.have.length(29)
    for (const bar of bars) expect(Math.abs(Number(/^M\S+ (\S+?)V/.exec(bar)?.[1]) - Number(ground))).to.be.lessThan(1)
    expect(getComputedStyle(find(element, '.running')).strokeDasharray).to.equal('3px, 3px')
    expect(find(element, '.before').getAttribute('d')?.match(/M/g)).to.have.length(30)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('keeps the tooltip off a bar and its neighbours', async () => {
    const element = await drawn('visitors', 500)
    element.type = 'bar'
    for (let index = 0; index < 30; index += 1) {
      press(element, index === 0 ? 'Home' : 'ArrowRight')
      await element.updateComplete
      const box = find(element, '.tooltip').getBoundingClientRect()
      const cursor = find(element, '.cursor').getBoundingClientRect().left
      expect(cursor < box.left - 8 || cursor > box.right + 8, `point ${index}`).to.equal(true)
    }
  })

  it('tells of annotations at their bucket, to those who see and to those who hear', async () => {
    const points = [4, 5, 6, 7].map((visitors, day) => ({ at: `2026-11-0${day + 1}T00:00:00Z`, visitors }))
    const annotations = [
      { at: '2026-10-01T00:00:00Z', text: 'Long before' },
      { at: '2026-11-02T13:00:00Z', text: 'Version 2 <b>is</b> out' },
      { at: '2026-11-02T14:00:00Z', text: 'A newsletter' },
    ]
    service.data.set('timeseries', { metrics: ['visitors'], points, annotations })
    const element = await drawn('visitors')
    expect(element.shadowRoot?.querySelectorAll('.mark')).to.have.length(1)
    press(element, 'Home')
    press(element, 'ArrowRight')
    expect(await told(element)).to.match(/5 visitors.*, Version 2 <b>is<\/b> out, A newsletter$/)
    expect(find(element, '.tooltip').textContent).to.contain('Version 2 <b>is</b> out')
    find(element, '.choices button:last-child').click()
    await element.updateComplete
    expect(find(element, 'tbody tr:nth-child(2) th').textContent).to.contain('A newsletter')
  })

  describe('broken down', () => {
    async function broken(more: { type?: 'line' | 'area' | 'bar'; metric?: string; legend?: 'none' } = {}) {
      const { type = 'area', metric = 'pageviews', legend } = more
      const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token"
        ><hk-chart metric=${metric} by="source" type=${type} .legend=${legend}></hk-chart></hk-site>`)
      const element = site.querySelector('hk-chart')
      if (!element) throw new Error('no element')
      await waitUntil(() => element.shadowRoot?.querySelector('.of-4'), 'parts', { timeout: 3000 })
      return { site, element }
    }
    const names = (element: HkChart) =>
      [...(element.shadowRoot?.querySelectorAll('.legend li') ?? [])].map((item) => item.textContent?.trim())

    it('stacks the greatest values and all others, which add up to the whole', async () => {
      const { element } = await broken()
      expect(names(element)).to.deep.equal(['Google', 'Direct', 'ChatGPT', 'Hacker News', 'GitHub', 'Others'])
      press(element, 'Home')
      const [, whole = '', ...parts] = /^Fri, Oct 23, ([\d,]+) pageviews((?:, [\w ]+ [\d,]+)+)$/.exec(await told(element))?.slice(0, 3) ?? []
      const number = (text: string) => Number(text.replaceAll(',', ''))
      const amounts = [...(parts[0] ?? '').matchAll(/ ([\d,]+?)(?=, [A-Z]|$)/g)].map(([, amount = '']) => number(amount))
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).to.equal(number(whole))
      await inBothSchemes(() => expect(element).to.be.accessible())
    })

    it('draws lines of what does not add up, and no others', async () => {
      const { element } = await broken({ metric: 'visitors' })
      expect(names(element)).to.have.length(5)
      expect(element.shadowRoot?.querySelectorAll('g > .line:not(.partial)')).to.have.length(5)
      expect(element.shadowRoot?.querySelector('.layer')).to.equal(null)
    })

    it('filters the site around by a value of the legend', async () => {
      const { site, element } = await broken({ type: 'bar' })
      find(element, '.legend li:nth-child(3) button').click()
      await waitUntil(() => site.filters?.join() === 'source:ChatGPT')
    })

    it('keeps the colour of a value when another overtakes it', async () => {
      const { element } = await broken()
      const order = ['Direct', 'Google', 'ChatGPT', 'Newsletter', 'GitHub']
      const figures = { visits: 9, pageviews: 9, events: 0, bounce_rate: 0.4, visit_duration: 90, share: 0.1 }
      const rows = order.map((value) => ({ value, visitors: 9, ...figures }))
      service.data.set('breakdown', { by: 'source', rows, total: 5 })
      service.change()
      await waitUntil(() => names(element).includes('Newsletter'), 'overtaken', { timeout: 5000 })
      expect(names(element)).to.deep.equal(['Google', 'Direct', 'ChatGPT', 'Newsletter', 'GitHub', 'Others'])
    })

    it('keeps what is drawn, and its place in it, until all that replaces it is known', async () => {
      const { element } = await broken()
      press(element, 'Home')
      const [track, before, sentence] = [find(element, '.track'), names(element), await told(element)]
      let open = () => {}
      const held = new Promise<void>((resolve) => (open = resolve))
      service.hold = ({ search }) => (search.includes('Newsletter') ? held : undefined)
      const figures = { visits: 9, pageviews: 9, events: 0, bounce_rate: 0.4, visit_duration: 90, share: 0.1 }
      const rows = ['Google', 'Direct', 'ChatGPT', 'Newsletter', 'GitHub'].map((value) => ({ value, visitors: 9, ...figures }))
      service.data.set('breakdown', { by: 'source', rows, total: 5 })
      service.change()
      await waitUntil(() => service.reports.some(({ search }) => search.includes('Newsletter')), 'asked', { timeout: 5000 })
      await after(50)
      expect(await told(element)).to.equal(sentence)
      expect([find(element, '.track'), names(element)]).to.deep.equal([track, before])
      open()
      await waitUntil(() => names(element).includes('Newsletter'), 'replaced', { timeout: 3000 })
      expect(find(element, '.track')).to.equal(track)
    })

    it('is as high before its parts are known, and has no legend where it is told so', async () => {
      const { element } = await broken()
      const height = element.getBoundingClientRect().height
      let open = () => {}
      service.gate = new Promise((resolve) => (open = resolve))
      element.range = '7d'
      await reaches(element, 'loading')
      expect(element.getBoundingClientRect().height).to.equal(height)
      open()
      await waitUntil(() => !element.matches(':state(loading)'), 'loaded', { timeout: 3000 })
      expect(element.getBoundingClientRect().height).to.equal(height)
      const { element: bare } = await broken({ legend: 'none' })
      expect(bare.shadowRoot?.querySelector('.legend')).to.equal(null)
    })

    it('says why there is nothing where its values cannot be had, and tries again', async () => {
      service.refuse = ({ pathname }) => (pathname.endsWith('/breakdown') ? { code: 'forbidden' } : undefined)
      const element = await fixture<HkChart>(html`<hk-chart lang="en" endpoint=${service.endpoint} share="token" by="source"></hk-chart>`)
      await reaches(element, 'denied')
      expect(textOf(element)).to.contain('does not give access')
      service.refuse = undefined
      await element.refresh()
      await waitUntil(() => element.shadowRoot?.querySelector('.of-4'), 'parts', { timeout: 3000 })
      expect(element.matches(':state(denied)')).to.equal(false)
    })

    it('names a dimension that it does not know', async () => {
      const { element } = await broken()
      element.by = 'colour' as 'source'
      await reaches(element, 'error')
      expect(textOf(element)).to.contain('by="colour" is not known')
    })
  })

  describe('with a brush', () => {
    async function brushed(): Promise<{ site: HkSite; element: HkChart }> {
      const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token"
        ><hk-chart brush></hk-chart></hk-site>`)
      const element = site.querySelector('hk-chart')
      if (!element) throw new Error('no element')
      await paints(element, 'by day')
      return { site, element }
    }

    it('has a stretch that is drawn over become the range of the site, and chooses no point by that', async () => {
      const { site, element } = await brushed()
      const { left, top, width } = find(element, 'svg').getBoundingClientRect()
      let chosen = 0
      element.addEventListener('hk-select', () => (chosen += 1))
      const changed = heard(site, 'hk-range-change')
      const at = (part: number): [number, number] => [Math.round(left + width * part), Math.round(top + 60)]
      await sendMouse({ type: 'move', position: at(0.2) })
      await sendMouse({ type: 'down' })
      await sendMouse({ type: 'move', position: at(0.5) })
      await waitUntil(() => element.shadowRoot?.querySelector('.stretch'))
      await sendMouse({ type: 'up' })
      const { range, from = '', to = '' } = await changed
      expect(range).to.equal(undefined)
      expect([from, to].every((day) => /^2026-1[01]-\d\d$/.test(day)) && from < to).to.equal(true)
      expect([site.from, site.to, chosen]).to.deep.equal([from, to, 0])
      expect(element.shadowRoot?.querySelector('.stretch')).to.equal(null)
      await resetMouse()
    })

    it('is complete by keyboard, says what is chosen, and lets go by Escape', async () => {
      const { site, element } = await brushed()
      press(element, 'Home')
      for (const _ of [1, 2, 3]) press(element, 'ArrowRight', true)
      expect(await told(element)).to.equal('Fri, Oct 23 – Mon, Oct 26')
      press(element, 'Escape')
      expect(await told(element)).to.contain('Mon, Oct 26, ')
      press(element, 'ArrowRight', true)
      press(element, 'Enter')
      expect([site.from, site.to]).to.deep.equal(['2026-10-26', '2026-10-27'])
    })

    it('has its cursor in the drawing where the new range has fewer buckets', async () => {
      const { element } = await brushed()
      const points = [4, 5, 6].map((visitors, day) => ({ at: `2026-11-1${day}T00:00:00Z`, visitors }))
      service.data.set('timeseries', { metrics: ['visitors'], points })
      press(element, 'End')
      press(element, 'ArrowLeft', true)
      press(element, 'Enter')
      await waitUntil(() => find(element, '.line').getAttribute('d')?.match(/[ML]/g)?.length === 3, 'narrowed', { timeout: 3000 })
      const [cursor, plot] = [find(element, '.cursor'), find(element, 'svg')].map((one) => one.getBoundingClientRect())
      expect((cursor?.right ?? Infinity) <= (plot?.right ?? 0)).to.equal(true)
    })

    it('takes a click for one though the hand shakes, and begins anew where a stretch was begun by keys', async () => {
      const { site, element } = await brushed()
      const places: number[] = []
      for (const key of ['Home', 'ArrowRight']) {
        press(element, key)
        await element.updateComplete
        places.push(Number(find(element, '.cursor').getAttribute('x1')))
      }
      press(element, 'ArrowRight', true)
      const track = find(element, '.track')
      const { left, top } = track.getBoundingClientRect()
      const [first = 0, second = 0] = places
      const between = left + 20 * (second - first) + (first + second) / 2
      for (const [type, x] of [['pointerdown', between - 1], ['pointermove', between + 1], ['pointerup', between + 1]] as const) {
        track.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: top + 40, bubbles: true, pointerType: 'mouse' }))
      }
      const chosen = heard(element, 'hk-select')
      track.click()
      const { selection } = await chosen
      expect('point' in selection && selection.point.at).to.contain('2026-11-1')
      expect(site.from).to.equal(undefined)
    })

    it('keeps the range where the page cancels the change', async () => {
      const { site, element } = await brushed()
      site.addEventListener('hk-range-change', (event) => event.preventDefault())
      press(element, 'Home')
      press(element, 'ArrowRight', true)
      press(element, 'Enter')
      expect(site.from).to.equal(undefined)
    })

    it('chooses its own range where it has one within a site', async () => {
      const { site, element } = await brushed()
      element.range = '7d'
      await waitUntil(() => service.reports.at(-1)?.searchParams.get('range') === '7d', 'asked', { timeout: 3000 })
      await element.updateComplete
      press(element, 'End')
      press(element, 'ArrowLeft')
      press(element, 'ArrowLeft', true)
      press(element, 'Enter')
      expect([site.from, element.from, element.to]).to.deep.equal([undefined, '2026-11-19', '2026-11-20'])
    })

    it('chooses its own range where no site is around it', async () => {
      const element = await drawn('visitors')
      element.brush = true
      await element.updateComplete
      press(element, 'End')
      press(element, 'ArrowLeft')
      press(element, 'ArrowLeft', true)
      press(element, 'Enter')
      expect([element.from, element.to]).to.deep.equal(['2026-11-19', '2026-11-20'])
    })

    it('scrolls under a finger', async () => {
      const { element } = await brushed()
      const track = find(element, '.track')
      const { left, top } = track.getBoundingClientRect()
      const touch = (type: string, x: number) =>
        track.dispatchEvent(new PointerEvent(type, { clientX: left + x, clientY: top + 40, bubbles: true, pointerType: 'touch' }))
      touch('pointerdown', 100)
      touch('pointermove', 300)
      await element.updateComplete
      expect(element.shadowRoot?.querySelector('.stretch')).to.equal(null)
    })
  })
})

describe('the range of a stretch', () => {
  const points = (interval: 'hour' | 'week', ...at: string[]) => ({
    points: at.map((one) => ({ at: one })),
    range: { from: '2026-11-04T23:00:00Z', to: '2026-11-21T23:00:00Z', interval, timezone: 'Europe/Berlin' },
  })

  it('is of whole days where buckets are days or more, within the range before', () => {
    const { points: weeks, range } = points('week', '2026-11-01T23:00:00Z', '2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z')
    expect(daysOf(weeks, range, [0, 1])).to.deep.equal(['2026-11-05', '2026-11-15'])
    expect(daysOf(weeks, range, [1, 2])).to.deep.equal(['2026-11-09', '2026-11-21'])
  })

  it('is of instants where buckets are shorter', () => {
    const { points: hours, range } = points('hour', '2026-11-05T07:00:00Z', '2026-11-05T08:00:00Z', '2026-11-05T09:00:00Z')
    expect(daysOf(hours, range, [0, 1])).to.deep.equal(['2026-11-05T07:00:00.000Z', '2026-11-05T09:00:00.000Z'])
  })
})
