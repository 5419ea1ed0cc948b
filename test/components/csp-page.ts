/**
 * The script of the page with a strict policy: tells the page around what the policy refused, and what was
 * painted.
 *
 * @module
 */
import { textOf } from './page-text.ts'
import { FakeService } from './service.ts'

const refused: string[] = []
document.addEventListener('securitypolicyviolation', (event) => {
  refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`)
})

new FakeService().install()
await import('../../components/hk.ts')
const tags = ['hk-kpi', 'hk-chart', 'hk-table', 'hk-live', 'hk-status']
const reports = ['hk-funnel', 'hk-goals', 'hk-vitals', 'hk-events', 'hk-opportunities', 'hk-ai']
await Promise.all([...tags, ...reports].map((tag) => customElements.whenDefined(tag)))
await new Promise((resolve) => setTimeout(resolve, 500))
document.querySelector('hk-chart')?.shadowRoot?.querySelector<HTMLElement>('.track')?.dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Home' }),
)
await new Promise((resolve) => setTimeout(resolve, 100))
const row = document.querySelector('hk-table')?.shadowRoot?.querySelector('.bar')
const bar = row?.getBoundingClientRect().width ?? 0
const painted = [...document.querySelectorAll(String([...tags, ...reports]))].map(textOf)
parent.postMessage({ refused, painted, bar }, '*')
