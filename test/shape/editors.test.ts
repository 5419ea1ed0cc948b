import { beforeAll, describe, expect, test } from 'bun:test'
import type { Package } from 'custom-elements-manifest'
import { cssData, htmlData, webTypes } from '../../components/pack/editors.ts'
import { describeElements } from '../../components/pack/manifest.ts'

let manifest: Package
beforeAll(async () => {
  manifest = await describeElements()
})

const one = (name: string, ...more: object[]) => expect.arrayContaining([expect.objectContaining({ name, ...Object.assign({}, ...more) })])
const text = (part: string) => ({ kind: 'markdown', value: expect.stringContaining(part) })

describe('editors are told', () => {
  test('of tags, their attributes and values, in the format of VS Code', () => {
    const attributes = expect.arrayContaining([
      expect.objectContaining({ name: 'range', description: text('range by name'), values: one('7d') }),
      expect.objectContaining({ name: 'spark', valueSet: 'v' }),
    ])
    expect(htmlData(manifest)).toEqual({ version: 1.1, tags: one('hk-kpi', { description: text('One number'), attributes }) })
  })

  test('of custom properties, parts and states, and what they are of which element', () => {
    expect(cssData(manifest)).toEqual({
      version: 1.1,
      properties: one('--hk-accent', { description: text('`hk-chart`: Colour of the series; those of values are made from it.') }),
      pseudoClasses: one(':state(loading)'),
      pseudoElements: one('::part(value)', { description: text('`hk-kpi`: The number.') }),
    })
  })

  test('of all that belongs to an element, as web-types', () => {
    const kpi = {
      source: { module: '@hk-live/components', symbol: 'HkKpi' },
      attributes: one('metric', { value: { type: 'string', default: 'visitors', required: false } }),
      slots: one(''),
      js: { properties: one('getToken'), events: one('hk-change', { type: 'HkChangeEvent<number | null>' }) },
      css: { properties: one('--hk-accent'), parts: one('value') },
    }
    expect(webTypes(manifest, '@hk-live/components', '1.2.3')).toMatchObject({
      name: '@hk-live/components',
      version: '1.2.3',
      contributions: { html: { elements: one('hk-kpi', kpi) } },
    })
  })
})
