import { expect, fixture, html } from '@open-wc/testing'

describe('the one script', () => {
  it('works under a strict policy with Trusted Types', async () => {
    const told = new Promise<{ refused: string[]; painted: string[]; bar: number }>((resolve) => {
      addEventListener('message', ({ data }) => resolve(data), { once: true })
    })
    await fixture(html`<iframe src="/test/components/csp.html" width="780" height="580"></iframe>`)
    const { refused, painted, bar } = await told
    expect(refused).to.deep.equal([])
    expect(painted.map((text) => text.slice(0, 10))).to.deep.equal([
      'Live since',
      'Visitors 3',
      'Visitors b',
      'Pages Page',
      'Now last 5',
    ])
    expect(bar).to.be.greaterThan(100)
  })
})
