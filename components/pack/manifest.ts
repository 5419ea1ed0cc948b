/**
 * Describes the elements for tools, out of their doc blocks: a Custom Elements Manifest, schema 2.1, as editors,
 * documentation pages and generators of types read it.
 *
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { create, ts } from '@custom-elements-manifest/analyzer'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'
import { aiGroups, comparisons, dimensions, intervals, metrics, opportunityStatuses, ranges } from '@hk-live/sdk/protocol'
import type { Attribute, ClassMember, CustomElementDeclaration, Declaration, Package, Reference } from 'custom-elements-manifest'

const here = fileURLToPath(new URL('..', import.meta.url))

/** Where elements have their members from, and what else a page may import. */
const shared = ['reactive', 'scoped', 'base', 'panel', 'list', 'number', 'events', 'define', 'words'].map(
  (name) => `element/${name}.ts`,
)

/** What types stand for that the doc blocks call by their names. */
const named: Readonly<Record<string, readonly string[]>> = {
  AiGroup: aiGroups,
  Comparison: comparisons,
  Compared: [...comparisons, 'none'],
  Dimension: dimensions,
  Interval: intervals,
  Metric: metrics,
  OpportunityStatus: opportunityStatuses,
  RangeName: ranges,
}

/** Called by the browser only. */
const callbacks = new Set(['connectedMoveCallback'])

/** An element of the manifest, by its tag. */
export interface Described extends CustomElementDeclaration {
  tagName: string
}

/** Constants of a module as they are written: `240` of `usual`. */
type Constants = ReadonlyMap<string, string>

/** Describes all elements. Paths of modules are those of the package. */
export async function describeElements(): Promise<Package> {
  const sources = await Promise.all(
    [...(await elementPaths()), ...shared].map(async (path) => ({ path, text: await readFile(join(here, path), 'utf8') })),
  )
  const modules = sources.map(({ path, text }) => ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true))
  const constants = new Map(sources.map(({ path, text }) => [published(path), constantsOf(text)]))
  const given = new Map(sources.map(({ path, text }) => [published(path), givenBy(text)]))
  return tidy(create({ modules, plugins: litPlugin() }), constants, given)
}

/** The elements of a manifest, in its order. */
export function elementsOf({ modules }: Package): Described[] {
  return modules.flatMap(({ declarations = [] }) => declarations.filter(isDescribed))
}

/** Values that an attribute may have, where they are few; of any other it is `undefined`. */
export function valuesOf({ type }: Attribute): string[] | undefined {
  const values = type?.text.split(' | ').map((text) => /^'(.*)'$/.exec(text)?.[1])
  return values?.every((value) => value !== undefined) ? values : undefined
}

/** The class of `hk-kpi` is `HkKpi` of `kpi/kpi.ts`. */
async function elementPaths(): Promise<string[]> {
  const folders = await readdir(here, { withFileTypes: true })
  const paths = folders.filter((folder) => folder.isDirectory()).map(({ name }) => `${name}/${name}.ts`)
  const found = await Promise.all(paths.map((path) => Bun.file(join(here, path)).exists()))
  return paths.filter((_, index) => found[index]).sort()
}

function isDescribed(declaration: Declaration): declaration is Described {
  return declaration.kind === 'class' && 'tagName' in declaration
}

function constantsOf(text: string): Constants {
  const found = text.matchAll(/^(?:export )?const (\w+) = (\d+|\[[^\]]*\])/gm)
  return new Map(Array.from(found, ([, name = '', value = '']) => [name, value]))
}

/** What a module gives to properties at first: by its constructor, and to `limit` by `usual`, which elements replace. */
function givenBy(text: string): Constants {
  const constructor = /^  constructor\(\) \{\n(.*?)^  \}/ms.exec(text)?.[1] ?? ''
  const limit = /\bget usual\(\): number \{\s+return (\d+)/.exec(text)?.[1]
  const set = Array.from(constructor.matchAll(/^ {4}this\.(\w+) = (\d+|'[^']*'|true|false)$/gm), ([, name = '', value = '']) => [name, value] as const)
  return new Map([...set, ...(limit === undefined ? [] : [['limit', limit] as const])])
}

function published(path: string): string {
  return path.replace(/^\//, '').replace(/\.ts$/, '.js')
}

/** Leaves out what is nobody's business, and adds what the analyzer does not know. */
function tidy(raw: Package, constants: ReadonlyMap<string, Constants>, given: ReadonlyMap<string, Constants>): Package {
  const manifest: Package = JSON.parse(JSON.stringify(raw), (key, value) =>
    key === 'path' || key === 'module' ? published(value) : value,
  )
  const modules = manifest.modules.map((module) => ({
    ...module,
    declarations: (module.declarations ?? []).map((declaration) => describe(declaration, module.path, constants, given)),
  }))
  const definitions = modules.flatMap(({ path, declarations }) =>
    declarations.filter(isDescribed).map(({ tagName, name }) => ({
      kind: 'custom-element-definition' as const,
      name: tagName,
      declaration: { name, module: path },
    })),
  )
  const define = { kind: 'javascript-module' as const, path: 'define.js', declarations: [], exports: definitions }
  return { schemaVersion: '2.1.0', readme: '', modules: [...modules, define] }
}

function describe(declaration: Declaration, path: string, constants: ReadonlyMap<string, Constants>, given: ReadonlyMap<string, Constants>): Declaration {
  if (declaration.kind !== 'class' || path === 'element/events.js') return declaration
  const element: CustomElementDeclaration = { ...declaration, customElement: true }
  const tag = /^(\w+)\/\1\.js$/.exec(path)?.[1]
  const known = (inheritedFrom: Reference | undefined) => constants.get(inheritedFrom?.module ?? path) ?? new Map()
  /** An element may begin with something else than its base. */
  const settle = <T extends ClassMember | Attribute>(one: T): T => {
    const value = one.inheritedFrom && (given.get(path)?.get(one.name) ?? given.get(one.inheritedFrom.module ?? '')?.get(one.name))
    return value === undefined ? one : { ...one, default: value }
  }
  return {
    ...element,
    ...(tag && { tagName: `hk-${tag}` }),
    members: (element.members ?? []).filter(isPublic).map((member) => settle(resolve(member, known(member.inheritedFrom)))),
    attributes: (element.attributes ?? []).map((one) => describeAttribute(settle(resolve(one, known(one.inheritedFrom))))),
    // Only those of the doc block: the analyzer also takes what is handed to an event for its name.
    events: (element.events ?? []).filter(({ description }) => description !== undefined),
  }
}

function isPublic(member: ClassMember): boolean {
  return (member.privacy ?? 'public') === 'public' && !member.static && !callbacks.has(member.name)
}

/** Puts constants in the places of their names. */
function resolve<T extends ClassMember | Attribute>(one: T, constants: Constants): T {
  if (!('type' in one) || !one.type) return one
  const text = one.type.text.replace(/\(typeof (\w+)\)\[number\]/, (whole, name: string) => {
    const values = constants.get(name)
    return values ? literals(Array.from(values.matchAll(/'([^']*)'/g), ([, value = '']) => value)) : whole
  })
  const value = constants.get(one.default ?? '') ?? one.default
  return { ...one, type: { ...one.type, text }, ...(value && { default: value }) }
}

/** An attribute is there or not, so its type does not say `undefined`; and it is text. */
function describeAttribute(attribute: Attribute): Attribute {
  const text = attribute.type?.text.replace(/ \| undefined$/, '') ?? 'string'
  const values = named[text]
  return {
    ...attribute,
    type: { text: values ? literals(values) : text.endsWith('[]') ? 'string' : text },
    ...(attribute.default && { default: attribute.default.replace(/^'(.*)'$/, '$1') }),
  }
}

function literals(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(' | ')
}
