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
await Promise.all([...tags, ...reports, ...arrivals].map((tag) => customElements.whenDefined(tag)))
const globe = document.querySelector('hk-globe')
const deadline = Date.now() + 10_000
while (!globe?.shadowRoot?.querySelector('canvas') && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 100))
}
await new Promise((resolve) => setTimeout(resolve, 500))
document.querySelector('hk-chart')?.shadowRoot?.querySelector<HTMLElement>('.track')?.dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Home' }),
)
service.visit([told(visit(0))])
await new Promise((resolve) => setTimeout(resolve, 100))
const row = document.querySelector('hk-table')?.shadowRoot?.querySelector('.bar')
const bar = row?.getBoundingClientRect().width ?? 0
const painted = [...document.querySelectorAll(String([...tags, ...reports, ...arrivals]))].map(textOf)
const turns = (globe?.shadowRoot?.querySelector('canvas')?.width ?? 0) > 100
parent.postMessage({ refused, painted, bar, turns }, '*')
