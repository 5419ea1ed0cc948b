/**
 * Events that nobody has to write code for.
 *
 * | event | when | properties |
 * |---|---|---|
 * | `outbound_click` | a click on a link to another host | `url` |
 * | `file_download` | a click on a link to a file, or with `download` | `url`, `extension` |
 * | `form_submit` | a form is sent | `action`, `method`, `form` (its id or name) |
 * | `404` | the document was answered by 404, or says so by `<meta name="hk-status" content="404">` | `referrer` |
 * | the value of `data-hk-event` | a click on an element with that attribute, or its form is sent | its `data-hk-*` |
 *
 * Addresses are told without query and fragment, which may name a person. What a visitor types is never read.
 *
 * @module
 */
import type { Item } from '../protocol.ts'
import type { AutoName } from './options.ts'
import type { Running } from './tracker.ts'

type Props = NonNullable<Item['props']>

/** What can have `data-*` attributes. */
type Marked = HTMLElement | SVGElement

/** Endings of files that browsers save rather than show. */
const files =
  /\.(7z|apk|avi|bz2|csv|deb|dmg|docx?|epub|exe|gz|iso|jar|key|mobi|mov|mp[34]|mpe?g|msi|numbers|ods|odt|ogg|pages|pdf|pkg|pptx?|rar|rpm|rtf|tar|tgz|txt|wav|webm|wma|wmv|xlsx?|xz|zip)$/i

/**
 * Counts events of the kinds that are wished for: names with commas between, as in `data-auto="outbound,forms"`;
 * none means all.
 */
export function countAutoEvents(running: Running, wish: string): void {
  const { until, event } = running
  const wanted = (name: AutoName) => !/\w/.test(wish) || wish.split(/[\s,]+/).includes(name)
  const options = { capture: true, signal: until.signal }

  /** The marked element that was counted in this turn: a click on a label is followed by one on its field. */
  let counted: Element | undefined

  /** Counts the marked element that something happened to; whether there was one. */
  const countMarked = (marked: Marked | undefined) => {
    const { hkEvent } = marked?.dataset ?? {}
    if (marked === undefined || !hkEvent || !wanted('marked')) return false
    if (marked !== counted) event(hkEvent, propsOf(marked))
    counted = marked
    setTimeout(() => (counted = undefined))
    return true
  }

  const clicked = (happened: MouseEvent) => {
    // Of the right button there is an `auxclick` too, which opens a menu.
    if (happened.button > 1) return
    const path = happened.composedPath().filter(canBeMarked)
    const marked = path.find(({ dataset, tagName }) => dataset.hkEvent && tagName !== 'FORM')
    if (countMarked(marked)) return
    const link = path.find((one) => one.matches('a, area') && hrefOf(one))
    const url = link && parse(hrefOf(link) ?? '')
    if (!url || !/^https?:$/.test(url.protocol)) return
    const place = url.origin + url.pathname
    const [, extension = ''] = files.exec(url.pathname) ?? []
    if (url.host !== location.host && wanted('outbound')) event('outbound_click', { url: place })
    else if ((extension || link.hasAttribute('download')) && wanted('downloads')) {
      event('file_download', { url: place, extension: extension.toLowerCase() })
    }
  }
  addEventListener('click', clicked, options)
  addEventListener('auxclick', clicked, options)

  addEventListener(
    'submit',
    ({ target, submitter }: SubmitEvent) => {
      if (!(target instanceof HTMLFormElement) || countMarked(target) || !wanted('forms')) return
      // A field may be named as a property of its form: the attributes are what is meant.
      const read = (name: string) => submitter?.getAttribute(`form${name}`) ?? target.getAttribute(name) ?? ''
      const { protocol, origin, pathname } = parse(read('action'))
      event('form_submit', {
        // An address of mail stays on the page.
        action: /^https?:$/.test(protocol) ? origin + pathname : '',
        method: (read('method') || 'get').toLowerCase(),
        form: target.getAttribute('id') ?? target.getAttribute('name') ?? '',
      })
    },
    options,
  )

  if (wanted('404') && statusOf() === 404) event('404', { referrer: document.referrer.replace(/[?#].*/, '') })
}

function canBeMarked(one: EventTarget): one is Marked {
  return one instanceof HTMLElement || one instanceof SVGElement
}

/** Where a link leads, as it is written; one of an older SVG has it in the name space of XLink. */
function hrefOf(link: Marked): string | null {
  return link.getAttribute('href') ?? link.getAttribute('xlink:href')
}

/** An address as the browser reads it, also where the page has a variable `URL` or the browser no `URL.parse`, which came in 2024. */
function parse(address: string): HTMLAnchorElement {
  return Object.assign(document.createElement('a'), { href: address })
}

/** The HTTP status of the document, where the page or the browser tells it. */
function statusOf(): number {
  const told = document.querySelector('meta[name="hk-status"]')?.getAttribute('content')
  const [entry] = window.performance?.getEntriesByType?.('navigation') ?? []
  return Number(told ?? (entry && 'responseStatus' in entry ? entry.responseStatus : 0))
}

/** The attributes `data-hk-*` of an element but its event: `data-hk-plan="pro"` is `plan`. */
function propsOf({ attributes }: Marked): Props {
  const props: Props = {}
  for (const { name, value } of attributes) {
    const [, key] = /^data-hk-(?!event$)(.+)/.exec(name) ?? []
    if (key !== undefined) props[key.replaceAll('-', '_')] = value
  }
  return props
}
