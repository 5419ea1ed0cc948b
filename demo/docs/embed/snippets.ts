import { escape } from '../html.ts'
import { attributesOf, type Choice, fallbackOf, kindOf } from './choice.ts'

/** Where a snippet gets its numbers from. */
export interface Source {
  /** Origin of the service. */
  readonly service: string
  /** Token of a share link. */
  readonly share: string
}

/** The script of all elements. */
export function scriptSnippet({ service }: Pick<Source, 'service'>): string {
  return `<script type="module" src="${service}/embed/hk.js"></script>`
}

/** The tag of a choice, with what stands in it until it is there. */
export function tagSnippet(choice: Choice, { share }: Pick<Source, 'share'>): string {
  const attributes = [...attributesOf(choice)].map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escape(value)}"`))
  const turned = choice.values.lang === 'ar' ? ' dir="rtl"' : ''
  return `<hk-${choice.element} share="${share}"${attributes.join('')}${turned}>${escape(fallbackOf(choice))}</hk-${choice.element}>`
}

/** The address of a page with that element alone, for a frame. */
export function frameAddress(choice: Choice, { service, share }: Source): string {
  const query = new URLSearchParams([...attributesOf(choice)].map(([name, value]) => [name, value === true ? '1' : value]))
  const text = String(query)
  return `${service}/embed/${share}/${choice.element}${text === '' ? '' : `?${text}`}`
}

/** The frame of a choice, and what gives it the height of what is in it. */
export function frameSnippet(choice: Choice, source: Source): string {
  const { height } = kindOf(choice.element)
  return `<iframe title="${escape(fallbackOf(choice))}" height="${height}" loading="lazy" style="border: 0; width: 100%"
  src="${escape(frameAddress(choice, source))}"></iframe>
<script>
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== '${new URL(source.service).origin}' || data.type !== 'hk-height') return
    for (const frame of document.querySelectorAll('iframe')) {
      if (frame.contentWindow === source) frame.height = data.height
    }
  })
</script>`
}
