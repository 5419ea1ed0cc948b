import { beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import type { Package } from 'custom-elements-manifest'
import { inputsOf } from '../../components/pack/editors.ts'
import { describeElements, elementsOf, valuesOf } from '../../components/pack/manifest.ts'
import type { Described } from '../../components/pack/manifest.ts'
import { type SourceFile, sourceFiles } from './tree.ts'

const names = 'ai chart dashboard events feed filters funnel globe goals kpi live opportunities range site status table toasts vitals'.split(' ')
const files = sourceFiles('components')

let manifest: Package
let elements: Described[]

beforeAll(async () => {
  manifest = await describeElements()
  elements = elementsOf(manifest)
})

const element = (name: string) => elements.find(({ tagName }) => tagName === `hk-${name}`)

/** What is known of an element by a name, such as of its attributes. */
function entry(name: string, kind: 'attributes' | 'members' | 'events', of: string): object | undefined {
  return element(name)?.[kind]?.find((one) => one.name === of)
}

/** Sources of an element. */
function sourcesOf(name: string): SourceFile[] {
  return files.filter(({ path }) => path.startsWith(`components/${name}/`))
}

describe('the manifest', () => {
  test('keeps to its schema', async () => {
    const schema = JSON.parse(await readFile(new URL('../../node_modules/custom-elements-manifest/schema.json', import.meta.url), 'utf8'))
    const ajv = new Ajv({ strict: false })
    ajv.validate(schema, manifest)
    expect(ajv.errors).toBeNull()
    expect(manifest.schemaVersion).toBe('2.1.0')
  })

  test('has each element, and so have the autoloader, define, the index and the exports of the package', async () => {
    const all = names.map((name) => `hk-${name}`)
    expect(elements.map(({ tagName }) => tagName)).toEqual(all)
    const read = (path: string, pattern: RegExp) => {
      const text = files.find((file) => file.path === path)?.text ?? ''
      return Array.from(text.matchAll(pattern), ([, name]) => `hk-${name}`).sort()
    }
    expect(read('components/hk.ts', /'hk-(\w+)': \(\) => import/g)).toEqual(all)
    expect(read('components/define.ts', /define\('hk-(\w+)'/g)).toEqual(all)
    expect(read('components/index.ts', /from '\.\/(\w+)\/\1\.ts'/g)).toEqual(all)
    const { exports } = JSON.parse(await readFile(new URL('../../components/package.json', import.meta.url), 'utf8'))
    expect(Object.keys(exports)).toEqual(['.', './define', './auto', ...names.map((name) => `./${name}`)])
    const defined = manifest.modules.find(({ path }) => path === 'define.js')?.exports?.map(({ name }) => name)
    expect(defined).toEqual(all)
  })

  test('says of everything what it is', () => {
    const silent = elements.flatMap((one) => {
      const { tagName, summary, description, members, attributes, events, slots, cssParts, cssProperties, cssStates } = one
      const told = [{ name: 'itself', description: summary && description }]
      const parts = [members, attributes, events, slots, cssParts, cssProperties, cssStates].flatMap((some) => some ?? [])
      return [...told, ...parts].filter((part) => !part.description).map(({ name }) => `${tagName}: ${name}`)
    })
    expect(silent).toEqual([])
    const untyped = elements.flatMap(({ tagName, attributes, events, members }) =>
      [...(attributes ?? []), ...(events ?? []), ...(members ?? [])]
        .filter((one) => (!('kind' in one) || one.kind === 'field') && !('type' in one && one.type?.text))
        .map(({ name }) => `${tagName}: ${name}`),
    )
    expect(untyped).toEqual([])
  })

  test('has of each input its type, what it is by itself and its attribute', () => {
    expect(entry('chart', 'members', 'height')).toMatchObject({ type: { text: 'number' }, default: '240', attribute: 'height' })
    expect(entry('chart', 'attributes', 'type')).toMatchObject({ type: { text: "'line' | 'area' | 'bar'" }, default: 'area', fieldName: 'type' })
    expect(entry('kpi', 'members', 'spark')).toMatchObject({ type: { text: 'boolean' }, default: 'false' })
    expect(entry('globe', 'attributes', 'view')).toMatchObject({ type: { text: "'globe' | 'map' | 'list'" }, default: 'globe' })
    expect(entry('table', 'attributes', 'limit')).toMatchObject({ default: '10', inheritedFrom: { name: 'HkList', module: 'element/list.js' } })
    expect(entry('events', 'members', 'name')).toMatchObject({ reflects: true })
    // Begins with fewer rows than its base does.
    expect(entry('ai', 'attributes', 'limit')).toMatchObject({ default: '5', inheritedFrom: { name: 'HkList' } })
    expect(entry('ai', 'members', 'limit')).toMatchObject({ default: '5' })
  })

  test('has what elements have from their bases, and nothing that is their own business', () => {
    const shared = ['endpoint', 'site', 'share', 'token', 'range', 'from', 'to', 'interval', 'compare', 'filters', 'theme']
    for (const { tagName, attributes, members } of elements) {
      expect([tagName, ...(attributes ?? []).map(({ name }) => name)]).toEqual(expect.arrayContaining(shared))
      const inputs = (members ?? []).map(({ name }) => name)
      expect([tagName, ...inputs]).toEqual(expect.arrayContaining([...shared, 'password', 'getToken']))
      expect(inputs.filter((name) => /^#|^_|Callback$|^(render|main|updated|scope\$)/.test(name))).toEqual([])
    }
    expect(entry('kpi', 'attributes', 'getToken')).toBeUndefined()
    expect(entry('kpi', 'members', 'refresh')).toMatchObject({ kind: 'method' })
    expect(entry('kpi', 'members', 'phase')).toBeUndefined()
  })

  test('names the values of an attribute that has few, also where they are of the wire', () => {
    const values = (name: string, of: string) => {
      const attribute = element(name)?.attributes?.find((one) => one.name === of)
      return attribute && valuesOf(attribute)
    }
    expect(values('kpi', 'range')).toContain('7d')
    expect(values('kpi', 'compare')).toEqual(['previous', 'year', 'none'])
    expect(values('table', 'by')).toContain('country')
    expect(values('kpi', 'filters')).toBeUndefined()
    expect(values('kpi', 'label')).toBeUndefined()
  })

  test.each(names)('has all inputs of hk-%s that its class has', async (name) => {
    const module: object = await import(`../../components/${name}/${name}.ts`)
    const known = element(name)
    const declared: unknown = Reflect.get(module, known?.name ?? '')
    if (!known || typeof declared !== 'function') throw new Error(`There is no class of hk-${name}.`)
    // Reading them has Lit gather the properties.
    const attributes: string[] = Reflect.get(declared, 'observedAttributes')
    const properties: ReadonlyMap<string, unknown> = Reflect.get(declared, 'elementProperties')
    expect(inputsOf(known).map((input) => input.name).sort()).toEqual([...properties.keys()].sort())
    expect((known.attributes ?? []).map((attribute) => attribute.name).sort()).toEqual([...attributes].sort())
  })

  test('names each part and state that an element has of its own', () => {
    const unnamed = names.flatMap((name) => {
      const text = sourcesOf(name).map((file) => file.text).join('\n')
      const parts = Array.from(text.matchAll(/\bpart="(\w+)"/g), ([, part]) => part)
      const states = Array.from(text.matchAll(/\bthis\.toggle\('(\w+)'/g), ([, state]) => state)
      const [known, kept] = [element(name)?.cssParts, element(name)?.cssStates].map((some) => new Set(some?.map((one) => one.name)))
      return [...parts.filter((part) => !known?.has(part ?? '')), ...states.filter((state) => !kept?.has(state ?? ''))].map((one) => `${name}: ${one}`)
    })
    expect([...new Set(unnamed)]).toEqual([])
  })

  test('has the dozen custom properties, and no other', () => {
    const tokens = new Set(elements.flatMap(({ cssProperties }) => (cssProperties ?? []).map(({ name }) => name)))
    const dozen = ['accent', 'text', 'muted', 'surface', 'line', 'up', 'down', 'font', 'radius', 'gap', 'speed'].map((name) => `--hk-${name}`)
    expect([...tokens].filter((token) => !dozen.includes(token))).toEqual([])
  })

  test('has events by what they are called, not by what is handed to them', () => {
    const events = new Set(elements.flatMap((one) => (one.events ?? []).map(({ name }) => name)))
    expect([...events].sort()).toEqual(['hk-change', 'hk-compare-change', 'hk-error', 'hk-filter-change', 'hk-range-change', 'hk-select', 'hk-status', 'hk-visit'])
    expect(entry('kpi', 'events', 'hk-change')).toMatchObject({ type: { text: 'HkChangeEvent<number | null>' } })
  })
})
