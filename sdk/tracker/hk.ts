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
import { optOut } from './privacy.ts'
import { startTracker } from './tracker.ts'
import type { Hk } from './window.ts'

async function start({ src, dataset }: HTMLScriptElement): Promise<void> {
  const { site, exclude } = dataset
  const before: Hk | undefined = window.hk
  if (!site || before?.on?.includes(site)) return
  const base = src.replace(/[^/]*$/, '')
  const running = startTracker({ endpoint: base, ...dataset, site, exclude: exclude?.split(',') })
  const hk: Hk = (...call) => {
    running.event(...call)
    // Of two sites on one page, both count.
    if (before?.on) before(...call)
  }
  window.hk = Object.assign(hk, { on: [site, ...(before?.on ?? [])], optOut })
  before?.q?.forEach((call) => hk(...call))
  const { startParts } = await import(`${base}embed/tracker/parts.js`)
  await startParts(running, dataset)
}

if (document.currentScript instanceof HTMLScriptElement) {
  // Nothing of ours may break the page.
  start(document.currentScript).catch(() => {})
}
