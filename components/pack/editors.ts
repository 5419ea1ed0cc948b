/**
 * What editors complete and explain, out of the manifest: custom data of VS Code for HTML and CSS, and web-types,
 * which JetBrains' editors and the language tools of Vue read.
 *
 * @module
 */
import type { ClassField, Package } from 'custom-elements-manifest'
import { elementsOf, valuesOf } from './manifest.ts'
import type { Described } from './manifest.ts'

interface Named {
  name: string
  description?: string | undefined
}

/** Tags and attributes, by https://github.com/microsoft/vscode-html-languageservice/blob/main/docs/customData.md. */
export function htmlData(manifest: Package): object {
  const tags = elementsOf(manifest).map((element) => ({
    name: element.tagName,
    description: text(explain(element)),
    attributes: (element.attributes ?? []).map((attribute) => {
      const values = valuesOf(attribute)?.map((name) => ({ name }))
      const isSwitch = attribute.type?.text === 'boolean' && { valueSet: 'v' }
      return { name: attribute.name, description: text(attribute.description), ...isSwitch, ...(values && { values }) }
    }),
  }))
  return { version: 1.1, tags }
}

/** Custom properties, parts and states, in the same format. */
export function cssData(manifest: Package): object {
  const elements = elementsOf(manifest)
  const gather = (pick: (element: Described) => readonly Named[] | undefined, write: (name: string) => string) => {
    const meanings = new Map<string, string[]>()
    for (const element of elements) {
      for (const { name, description } of pick(element) ?? []) {
        const lines = meanings.get(name) ?? []
        meanings.set(name, [...lines, `- \`${element.tagName}\`: ${description}`])
      }
    }
    return Array.from(meanings, ([name, lines]) => ({ name: write(name), description: text(lines.join('\n')) }))
  }
  return {
    version: 1.1,
    properties: gather((element) => element.cssProperties, (name) => name),
    pseudoClasses: gather((element) => element.cssStates, (name) => `:state(${name})`),
    pseudoElements: gather((element) => element.cssParts, (name) => `::part(${name})`),
  }
}

/** Elements with all that belongs to each, by https://github.com/JetBrains/web-types. */
export function webTypes(manifest: Package, name: string, version: string): object {
  const elements = elementsOf(manifest).map((element) => ({
    name: element.tagName,
    description: explain(element),
    source: { module: name, symbol: element.name },
    attributes: (element.attributes ?? []).map(({ name, description, type, default: value }) => ({
      name,
      description,
      value: { type: type?.text, ...(value && { default: value }), required: false },
    })),
    slots: (element.slots ?? []).map(named),
    js: {
      properties: inputsOf(element).map(({ name, description, type }) => ({ name, description, type: type?.text })),
      events: (element.events ?? []).map(({ name, description, type }) => ({ name, description, type: type.text })),
    },
    css: {
      properties: (element.cssProperties ?? []).map(named),
      parts: (element.cssParts ?? []).map(named),
    },
  }))
  return {
    $schema: 'https://json.schemastore.org/web-types',
    name,
    version,
    'description-markup': 'markdown',
    'js-types-syntax': 'typescript',
    contributions: { html: { elements } },
  }
}

/** Properties of an element that a page may set. */
export function inputsOf({ members = [] }: Described): ClassField[] {
  return members.filter((member) => member.kind === 'field').filter(({ readonly }) => !readonly)
}

function named({ name, description }: Named): Named {
  return { name, description }
}

function explain({ summary, description }: Described): string {
  return [summary, description].filter(Boolean).join('\n\n')
}

function text(value: string | undefined): { kind: 'markdown'; value: string } {
  return { kind: 'markdown', value: value ?? '' }
}
