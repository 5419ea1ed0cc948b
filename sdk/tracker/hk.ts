/**
 * The script `/hk.js`: counts the page that it stands on, and offers `window.hk('event name', { … })`.
 *
 *     <script defer src="https://stats.example.com/hk.js" data-site="SITE"></script>
 *
 * Attributes: `data-endpoint` (default: where the script came from), `data-exclude` (paths with `*`, comma
 * between, in any spelling), `data-hash`, `data-localhost`, `data-ignore-dnt`. Parts that are loaded apart, after the pageview
 * is on its way: `data-engagement` (`off` leaves it out), `data-auto` (see `auto.ts`), `data-vitals`. Events
 * from before the script has loaded are kept by this line, which a page may have:
 *
 *     <script>window.hk ??= function () { (hk.q ??= []).push(arguments) }</script>
 *
 * A page that has a variable `hk` of its own keeps it, and tells events to `window.hkLive`, of which the same holds.
 *
 * @module
 */
import { addressOf, startTracker } from './tracker.ts'
import { offer, offered } from './window.ts'

/**
 * Ends the addresses of what is loaded apart, and is another after each failure: until 2026, browsers remembered for the
 * life of a page that a module failed to load from an address (https://github.com/whatwg/html/pull/10327).
 */
let retry = ''

async function start(script: HTMLScriptElement): Promise<void> {
  // Without a prototype, as the page's own may have fields of these names.
  const wishes: DOMStringMap = Object.assign({ __proto__: null }, script.dataset)
  const base = script.src.replace(/[^/?#]*([?#].*)?$/, '')
  const { site, exclude, endpoint = base } = wishes
  if (!site || offered()?.on?.includes(site)) return
  const loadFrom = (address: string, file: string) => import(addressOf(address, `/embed/tracker/${file}.js${retry}`))
  const load = (file: string) =>
    loadFrom(base, file).catch(() => {
      retry += '?'
      return loadFrom(endpoint, file)
    })
  const running = startTracker({ ...wishes, endpoint, site, exclude: exclude?.split(/\s*,\s*/), rescue: () => load('rescue') })
  offer(site, running.event)
  return (await load('parts')).startParts(running, wishes)
}

// A module has no current script, and runs once however many scripts have its address: it takes all that are like it,
// but none of another type, as those that wait for the visitor's consent have.
const scripts = document.currentScript
  ? [document.currentScript]
  : document.querySelectorAll('[data-site][type=module],[data-site][src*="hk.js"]:not([type*=plain])')
// Nothing of ours may break the page.
scripts.forEach((script) => start(script as HTMLScriptElement).catch(() => {}))
