/**
 * Types of the elements for frameworks, out of the manifest. Inputs and events stand once, in `elements.d.ts`; what
 * a framework makes of them is a few lines for each.
 *
 * @module
 */
import type { Package } from 'custom-elements-manifest'
import { inputsOf } from './editors.ts'
import { elementsOf } from './manifest.ts'

/** Names of the frameworks that there are types for. */
export const frameworks = ['react', 'preact', 'solid', 'svelte', 'vue'] as const

/** Inputs and events of each element by its tag, and what of them is the same for all frameworks. */
export function elementTypes(manifest: Package): string {
  const elements = elementsOf(manifest)
  const events = elements.flatMap((element) => element.events ?? []).map(({ type }) => type.text.replace(/<.*/, ''))
  const imported = [...elements.map(({ name }) => name), ...new Set(events)]
  const entries = elements.map((element) => {
    const inputs = inputsOf(element).map(({ name }) => `'${name}'`)
    const told = (element.events ?? []).map(({ name, type }) => `'${name}': ${type.text}`)
    return `  /** ${element.summary} */
  '${element.tagName}': {
    element: ${element.name}
    inputs: Inputs<${element.name}, ${inputs.join(' | ')}>
    events: { ${told.join('; ')} }
  }`
  })
  return `import type { ${imported.join(', ')} } from '../index.js'

type Inputs<E, K extends keyof E> = { [P in K]?: E[P] | undefined }

/** Class, inputs and events of each element. */
export interface HkElements {
${entries.join('\n')}
}

/** Inputs of an element, and what is called with its events. */
export type Props<T extends keyof HkElements, Prefix extends string = 'on'> = HkElements[T]['inputs'] & {
  [K in keyof HkElements[T]['events'] & string as \`\${Prefix}\${K}\`]?: ((event: HkElements[T]['events'][K]) => void) | undefined
}

/** Inputs in place of attributes of the same names that all elements have. */
export type Over<T extends keyof HkElements, Attributes, P = Props<T>> = P & Omit<Attributes, keyof P>
`
}

/** What a framework knows of the elements once a program imports this. */
export function frameworkTypes(framework: (typeof frameworks)[number]): string {
  return `import type { HkElements, Over, Props } from './elements.js'\n${declared[framework]}`
}

const element = `HkElements[T]['element']`

const declared: Readonly<Record<(typeof frameworks)[number], string>> = {
  react: jsx(
    'react',
    `import type { DetailedHTMLProps, HTMLAttributes } from 'react'`,
    `Over<T, DetailedHTMLProps<HTMLAttributes<${element}>, ${element}>>`,
  ),
  preact: jsx('preact', `import type { HTMLAttributes } from 'preact'`, `Over<T, HTMLAttributes<${element}>>`),
  solid: jsx(
    'solid-js',
    `import type { JSX } from 'solid-js'

type Set<I> = { [K in keyof I & string as \`prop:\${K}\`]?: I[K] }`,
    `Over<T, JSX.HTMLAttributes<${element}>, Props<T, 'on:'> & Set<HkElements[T]['inputs']>>`,
  ),
  svelte: `import type { HTMLAttributes } from 'svelte/elements'

type Elements = { [T in keyof HkElements]: Over<T, HTMLAttributes<${element}>> }

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends Elements {}
}
`,
  vue: `import type { HTMLAttributes, PublicProps } from 'vue'

type Emit<E> = { [K in keyof E]: (told: (name: K, event: E[K]) => void) => void }[keyof E] extends (told: infer F) => void ? F : never

type Elements = {
  [T in keyof HkElements]: new () => {
    $props: Over<T, HTMLAttributes & PublicProps, HkElements[T]['inputs']>
    $emit: Emit<HkElements[T]['events']>
  }
}

declare module 'vue' {
  interface GlobalComponents extends Elements {}
}
`,
}

function jsx(module: string, imports: string, props: string): string {
  return `${imports}

type Elements = { [T in keyof HkElements]: ${props} }

declare module '${module}' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
`
}
