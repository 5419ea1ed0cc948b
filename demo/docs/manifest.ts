import { readFile } from 'node:fs/promises'
import type { Attribute, ClassField, ClassMember, ClassMethod, CssCustomProperty, Package } from 'custom-elements-manifest'
import type { Described } from '../../components/pack/manifest.ts'
import { here } from '../files.ts'

/** One element, as its doc blocks describe it. */
export type ElementDoc = Described

/** Elements in the order in which a reader meets them; those that are not named here come last. */
const order = 'site kpi chart table live globe feed toasts goals funnel events vitals ai opportunities range filters status dashboard'
const rank = new Map(order.split(' ').map((name, index) => [`hk-${name}`, index]))

/** Reads all elements from the manifest that the build has left. */
export async function readElements(): Promise<ElementDoc[]> {
  const { modules }: Package = JSON.parse(await readFile(here('../components/dist/custom-elements.json'), 'utf8'))
  const place = ({ tagName }: ElementDoc) => rank.get(tagName) ?? rank.size
  return modules.flatMap(({ declarations = [] }) => declarations.filter(isElement)).toSorted((a, b) => place(a) - place(b))
}

function isElement(declaration: object): declaration is ElementDoc {
  return 'tagName' in declaration
}

/** What may be set on an element: an attribute, a property, or one that is both. */
export interface Setting {
  readonly attribute: Attribute | undefined
  readonly property: ClassField | undefined
}

/** Attributes and properties as one list: a property that has an attribute stands once. */
export function settingsOf({ attributes = [], members = [] }: ElementDoc): Setting[] {
  const fields = members.filter(isInput)
  const settings = attributes.map((attribute) => {
    const property = fields.find(({ name }) => name === (attribute.fieldName ?? attribute.name))
    return { attribute, property }
  })
  const taken = new Set(settings.map(({ property }) => property))
  return [...settings, ...fields.filter((field) => !taken.has(field)).map((property) => ({ attribute: undefined, property }))]
}

function isInput(member: ClassMember): member is ClassField {
  return member.kind === 'field' && !member.readonly && !/^[#_]/.test(member.name)
}

/** Methods that a page may call. */
export function methodsOf({ members = [] }: ElementDoc): ClassMethod[] {
  return members.filter((member): member is ClassMethod => member.kind === 'method' && member.description !== undefined && !/^[#_]/.test(member.name))
}

/** Tokens of all elements, each with what it is for. The last element of the list is the whole, which says it best. */
export function tokensOf(elements: readonly ElementDoc[]): CssCustomProperty[] {
  const tokens = new Map<string, CssCustomProperty>()
  for (const { cssProperties = [] } of elements.toReversed()) {
    for (const token of cssProperties) if (!tokens.has(token.name)) tokens.set(token.name, token)
  }
  return [...tokens.values()]
}
