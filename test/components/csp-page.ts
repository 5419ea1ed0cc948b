/**
 * The script of the page with a strict policy: tells the page around what the policy refused, and what was
 * painted.
 *
 * @module
 */
import { textOf } from './page-text.ts'
import { visit } from './answers.ts'
import { FakeService, told } from './service.ts'

const refused: string[] = []
document.addEventListener('securitypolicyviolation', (event) => {
  refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`)
})

const service = new FakeService()
service.install()
await import('../../components/hk.ts')
const tags = ['hk-kpi', 'hk-chart', 'hk-table', 'hk-live', 'hk-status']
const reports = ['hk-funnel', 'hk-goals', 'hk-vitals', 'hk-events', 'hk-opportunities', 'hk-ai']
const arrivals = ['hk-globe', 'hk-feed', 'hk-toasts']
const whole = ['hk-range', 'hk-filters', 'hk-dashboard']
await Promise.all([...tags, ...reports, ...arrivals, ...whole].map((tag) => customElements.whenDefined(tag)))
const globe = document.querySelector('hk-globe')
const deadline = Date.now() + 10_000
const isDrawn = () => (globe?.shadowRoot?.querySelector('canvas')?.width ?? 0) > 100
while (!isDrawn() && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 100))
}
// What follows scrolls it out of view, where it is not drawn.
const turns = isDrawn()
await new Promise((resolve) => setTimeout(resolve, 500))
document.querySelector('hk-range')?.shadowRoot?.querySelector<HTMLElement>('#range-button')?.click()
document.querySelector('hk-chart')?.shadowRoot?.querySelector<HTMLElement>('.track')?.dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Home' }),
)
service.visit([told(visit(0))])
await new Promise((resolve) => setTimeout(resolve, 100))
const row = document.querySelector('hk-table')?.shadowRoot?.querySelector('.bar')
const bar = row?.getBoundingClientRect().width ?? 0
const painted = [...document.querySelectorAll(String([...tags, ...reports, ...arrivals, ...whole]))].map(textOf)
parent.postMessage({ refused, painted, bar, turns }, '*')
