import { expect, fixture, html } from '@open-wc/testing'
import { setViewport } from '@web/test-runner-commands'

/** A text with the code of each country in place of its flag: which of the two is drawn depends on fonts. */
function withoutFlags(text: string): string {
  return text.replace(/[\u{1f1e6}-\u{1f1ff}]/gu, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x1f1a5))
}

describe('the one script', () => {
  it('works under a strict policy with Trusted Types', async function (this: { timeout(ms: number): void }) {
    this.timeout(20_000)
    const told = new Promise<{ refused: string[]; painted: string[]; bar: number; turns: boolean }>((resolve) => {
      addEventListener('message', ({ data }) => resolve(data), { once: true })
    })
    // What is out of view asks nothing.
    await setViewport({ width: 800, height: 4400 })
    await fixture(html`<iframe src="/test/components/csp.html" width="780" height="4200"></iframe>`)
    const { refused, painted, bar, turns } = await told
    expect(refused).to.deep.equal([])
    expect(painted.map((text) => withoutFlags(text).slice(0, 10))).to.deep.equal([
      'Live since',
      'Visitors n',
      'Visitors 3',
      'Visitors b',
      'Pages Page',
      'Now last 5',
      'Checkout 3',
      'Goals Goal',
      'Web Vitals',
      'signup 312',
      'Opportunit',
      'AI visibil',
      'Latest vis',
      'DE New vis',
      'Compare: P',
      '',
      'northwind.',
    ])
    expect(bar).to.be.greaterThan(100)
    expect(turns).to.equal(true)
  })
})
