import type { Parameter } from '../openapi/index.ts'
import { languageOf } from './words.ts'

/** How a page is to look, as its address says. */
export interface Looks {
  readonly language: string
  /** Styles of it. */
  readonly style: string
}

/**
 * Reads language, colour scheme and background from the address of a page; what will not do is as if it were not said.
 *
 * @param framed whether it is made to stand in another page: without room around it, and with nothing behind
 */
export function readLooks(query: URLSearchParams, accepted: string | null, framed: boolean): Looks {
  const theme = query.get('theme')
  const scheme = theme === 'light' || theme === 'dark' ? `:root{color-scheme:only ${theme}}` : ''
  const named = query.get('background') ?? ''
  const colour = /^(transparent|#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}))$/i.test(named) ? named : undefined
  const background = colour?.replace(/^(?=[0-9a-f]+$)/i, '#') ?? (framed ? 'transparent' : undefined)
  return {
    language: languageOf(query.get('lang'), accepted),
    style: [
      scheme,
      background === undefined ? '' : `body{background:${background}}`,
      // Of a frame the height follows from what is in it, so nothing in it may follow from its height.
      framed ? 'main{max-width:none;padding:0}' : '@media (scripting:enabled){hk-dashboard{display:block;min-height:100vh}}',
    ].join('\n'),
  }
}

const text = { type: 'string' }

/** The same parameters, as the OpenAPI document has them. */
export const lookParameters: readonly Parameter[] = [
  { name: 'theme', in: 'query', description: 'Forces a colour scheme: `light` or `dark`.', schema: text, example: 'dark' },
  { name: 'lang', in: 'query', description: 'Language: en, de, fr, es, ja or ar; default: the first of the reader’s.', schema: text, example: 'de' },
  {
    name: 'background',
    in: 'query',
    description: 'A colour in hexadecimal digits, or `transparent`, the default in a frame.',
    schema: text,
    example: 'ffffff',
  },
]
