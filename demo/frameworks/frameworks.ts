import type { BunPlugin } from 'bun'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { svelte, vue } from './compilers.ts'

/** A framework, and how a page in it is written. */
export interface Framework {
  readonly title: string
  /** What is bundled, and what a reader is shown where that is something else. */
  readonly entry: string
  readonly source?: string
  /** How a property is given, and how an event is heard. */
  readonly property: string
  readonly event: string
  readonly plugin?: BunPlugin
}

/** The frameworks by the last part of their address. */
export const frameworks: Readonly<Record<string, Framework>> = {
  plain: { title: 'Plain HTML', entry: 'plain/app.js', property: 'site.filters = filters', event: "site.addEventListener('hk-select', tell)" },
  react: { title: 'React', entry: 'react/app.jsx', property: 'filters={filters}', event: 'onhk-select={tell}' },
  vue: { title: 'Vue', entry: 'vue/main.js', source: 'vue/App.vue', property: ':filters="filters"', event: '@hk-select="tell"', plugin: vue },
  svelte: { title: 'Svelte', entry: 'svelte/main.js', source: 'svelte/App.svelte', property: '{filters}', event: 'onhk-select={tell}', plugin: svelte },
  angular: { title: 'Angular', entry: 'angular/app.ts', property: '[filters]="filters()"', event: '(hk-select)="tell($event)"' },
  preact: { title: 'Preact', entry: 'preact/app.jsx', property: 'filters={filters}', event: 'onhk-select={tell}' },
  solid: { title: 'Solid', entry: 'solid/app.js', property: 'filters=${filters}', event: 'on:hk-select=${tell}' },
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const read = (path: string) => readFile(here(path), 'utf8')
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const scripts = new Map<string, Promise<string>>()

/**
 * The text at an address below `/frameworks`, and its type; `undefined` where there is none. Scripts are bundled at
 * their first use, as the compilers take longer than all else of the demo.
 */
export async function frameworkFile(
  path: string,
  places: { readonly service: string; readonly share: string },
): Promise<{ text: string; type: string } | undefined> {
  if (path === '/frameworks.css') return { text: await read('frameworks.css'), type: 'text/css' }
  if (path === '/frameworks') return { text: fillIn(await read('index.html'), { links: links(), rows: rows() }), type: 'text/html' }
  const [, name = '', script] = /^\/frameworks\/(\w+)(\.js)?$/.exec(path) ?? []
  const framework = Object.hasOwn(frameworks, name) ? frameworks[name] : undefined
  if (framework === undefined) return undefined
  if (script === undefined) return { text: await page(name, framework, places), type: 'text/html' }
  const made = scripts.get(name) ?? bundle(framework)
  scripts.set(name, made)
  return { text: await made, type: 'text/javascript' }
}

async function page(
  name: string,
  { title, entry, source = entry }: Framework,
  { service, share }: { readonly service: string; readonly share: string },
): Promise<string> {
  const main = name === 'plain' ? await read('plain/main.html') : ''
  const code = escape(`${main}${main && '\n'}${await read(source)}`)
  return fillIn(await read('shell.html'), { name, title, service, share, main, source: code, links: links(name) })
}

function links(current?: string): string {
  const pages = Object.entries(frameworks).map(([name, { title }]) => {
    const mark = name === current ? ' aria-current="page"' : ''
    return `<a href="/frameworks/${name}"${mark}>${title}</a>`
  })
  return ['<a href="/frameworks">All</a>', ...pages].join(' ')
}

function rows(): string {
  const row = ([name, { title, property, event }]: [string, Framework]) =>
    `<tr><th scope="row"><a href="/frameworks/${name}">${title}</a></th><td><code>${escape(property)}</code></td><td><code>${escape(event)}</code></td></tr>`
  return Object.entries(frameworks).map(row).join('')
}

function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}

async function bundle({ entry, plugin }: Framework): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [here(entry)],
    target: 'browser',
    minify: true,
    conditions: 'production',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    ...(plugin && { plugins: [plugin] }),
  })
  const [output] = outputs
  if (output === undefined) throw new Error(`Nothing came of bundling ${entry}`)
  return output.text()
}
