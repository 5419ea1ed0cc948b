/**
 * The script `/hk.js`: counts the page that it stands on, and offers `window.hk('event name', { … })`.
 *
 *     <script defer src="https://stats.example.com/hk.js" data-site="SITE"></script>
 *
 * Attributes: `data-endpoint` (by itself where the script came from), `data-exclude` (paths with `*`, comma
 * between), `data-hash`, `data-localhost`, `data-ignore-dnt`. Events from before the script has loaded are
 * kept by this line, which a page may have:
 *
 *     <script>window.hk ??= function () { (hk.q ??= []).push(arguments) }</script>
 *
 * @module
 */
import { startTracker } from './tracker.ts'
import type { Hk } from './window.ts'

function start({ src, dataset }: HTMLScriptElement): void {
  const early: Hk | undefined = window.hk
  if (early?.on || !dataset.site) return
  const { event } = startTracker({
    endpoint: dataset.endpoint ?? src.replace(/\/[^/]*$/, ''),
    site: dataset.site,
    exclude: dataset.exclude?.split(','),
    hash: 'hash' in dataset,
    localhost: 'localhost' in dataset,
    ignoreDnt: 'ignoreDnt' in dataset,
  })
  window.hk = Object.assign(event, { on: true })
  early?.q?.forEach((call) => event(...call))
}

try {
  if (document.currentScript instanceof HTMLScriptElement) start(document.currentScript)
} catch {
  // Nothing of ours may break the page.
}
