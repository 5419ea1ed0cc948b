import { expect } from '@open-wc/testing'
import { define } from '../../components/element/define.ts'

/** A class that is an element of nothing yet. */
const some = () => class extends HTMLElement {}

describe('define', () => {
  it('leaves a name to who took it first, as a page may load the elements twice', () => {
    const first = some()
    define('own-first', first)
    define('own-first', some())
    define('own-first', first)
    expect(customElements.get('own-first')).to.equal(first)
  })

  it('throws what would leave a name without an element', () => {
    const taken = some()
    define('own-taken', taken)
    expect(() => define('own-other', taken)).to.throw(DOMException)
    expect(() => define('nodash', some())).to.throw(DOMException)
  })
})
