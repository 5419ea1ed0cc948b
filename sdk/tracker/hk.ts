/**
 * The script `/hk.js`: counts the page that it stands on, and offers `window.hk('event name', { … })`.
 *
 *     <script defer src="https://stats.example.com/hk.js" data-site="SITE"></script>
 *
 * Attributes: `data-endpoint` (by itself where the script came from), `data-exclude` (paths with `*`, comma
 * between), `data-hash`, `data-localhost`, `data-ignore-dnt`. Parts that are loaded apart, after the pageview
 * is on its way: `data-engagement` (`off` leaves it out), `data-auto` (see `auto.ts`), `data-vitals`. Events
 * from before the script has loaded are kept by this line, which a page may have:
 *
 *     <script>window.hk ??= function () { (hk.q ??= []).push(arguments) }</script>
 *
 * @module
 */
import { startTracker } from './tracker.ts'
import { offer } from './window.ts'

async function start({ src, dataset }: HTMLScriptElement): Promise<void> {
  const { site, exclude } = dataset
  if (!site || window.hk?.on?.includes(site)) return
  const base = src.replace(/[^/]*$/, '')
  const running = startTracker({ endpoint: base, ...dataset, site, exclude: exclude?.split(',') })
  offer(site, running.event)
  return (await import(`${base}embed/tracker/parts.js`)).startParts(running, dataset)
}

// Nothing of ours may break the page. A module has no such script, and starts nothing: each byte here is loaded by all.
start(document.currentScript as HTMLScriptElement).catch(() => {})
