/**
 * Web Vitals of the page, by Google's `web-vitals`: items `vital`, in milliseconds, CLS without a unit.
 *
 * @module
 */
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import type { Running } from './tracker.ts'

/**
 * Measures what the document that was loaded is like; views that follow inside it count towards its address.
 *
 * @param hash the wish of that name: with it the fragment belongs to the address
 */
export function measureVitals({ add, leave }: Running, hash: string | undefined): void {
  const url = location.href.replace(hash === undefined ? /#.*/ : '', '')
  const report = ({ name, value }: Metric) => {
    add('vital', { url, name, value })
    // Most are known for good as the page is hidden, after what waited has been handed over.
    if (document.hidden) leave()
  }
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(report)
}
