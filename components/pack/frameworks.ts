/**
 * Types of the elements for frameworks, out of the manifest. Inputs and events stand once, in `elements.d.ts`; what
 * a framework makes of them is a few lines for each.
 *
 * @module
 */
import type { Package } from 'custom-elements-manifest'
import { inputsOf } from './editors.ts'
import { elementsOf } from './manifest.ts'

/** What a framework is told of the elements. */
export interface Framework {
  /** The package that its types come from, and which versions will do. */
  readonly peer: readonly [library: string, range: string]
  /** What it knows of the elements once a program imports this. */
  readonly types: string
}

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

const element = `HkElements[T]['element']`

/** The frameworks that there are types for, by their names. */
export const frameworks: Readonly<Record<string, Framework>> = {
  react: {
    peer: ['@types/react', '>=19'],
    types: jsx(
      'react',
      `import type { DetailedHTMLProps, HTMLAttributes } from 'react'`,
      `Over<T, DetailedHTMLProps<HTMLAttributes<${element}>, ${element}>>`,
    ),
  },
  preact: {
    peer: ['preact', '>=10.11'],
    types: jsx('preact', `import type { HTMLAttributes } from 'preact'`, `Over<T, HTMLAttributes<${element}>>`),
  },
  solid: {
    peer: ['solid-js', '>=1.9'],
    types: jsx(
      'solid-js',
      `import type { JSX } from 'solid-js'

type Assigned<I> = { [K in keyof I & string as \`prop:\${K}\`]?: I[K] }`,
      `Over<T, JSX.HTMLAttributes<${element}>, Props<T, 'on:'> & Assigned<HkElements[T]['inputs']>>`,
    ),
  },
  svelte: {
    peer: ['svelte', '>=5'],
    types: declare(
      'svelte/elements',
      `import type { HTMLAttributes } from 'svelte/elements'`,
      `Over<T, HTMLAttributes<${element}>>`,
      'interface SvelteHTMLElements extends Elements {}',
    ),
  },
  vue: {
    peer: ['vue', '>=3.4'],
    types: declare(
      'vue',
      `import type { HTMLAttributes, PublicProps } from 'vue'

type Emit<E> = { [K in keyof E]: (told: (name: K, event: E[K]) => void) => void }[keyof E] extends (told: infer F) => void ? F : never`,
      `new () => {
    $props: Over<T, HTMLAttributes & PublicProps, HkElements[T]['inputs']>
    $emit: Emit<HkElements[T]['events']>
  }`,
      'interface GlobalComponents extends Elements {}',
    ),
  },
}

function jsx(module: string, imports: string, props: string): string {
  return declare(module, imports, props, 'namespace JSX {\n    interface IntrinsicElements extends Elements {}\n  }')
}

function declare(module: string, imports: string, props: string, declaration: string): string {
  return `import type { HkElements, Over, Props } from './elements.js'
${imports}

type Elements = { [T in keyof HkElements]: ${props} }

declare module '${module}' {
  ${declaration}
}
`
}
