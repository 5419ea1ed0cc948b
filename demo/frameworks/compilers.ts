import { readFile } from 'node:fs/promises'
import type { BunPlugin } from 'bun'

/** Compiles components of Vue; an `hk-` element is none of them. */
export const vue: BunPlugin = {
  name: 'vue',
  async setup(build) {
    const { compileScript, parse } = await import('vue/compiler-sfc')
    const compilerOptions = { isCustomElement: (tag: string) => tag.startsWith('hk-') }
    build.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, 'utf8'), { filename: path })
      if (errors[0]) throw errors[0]
      const options = { id: path, isProd: true, inlineTemplate: true, templateOptions: { compilerOptions } }
      return { contents: compileScript(descriptor, options).content, loader: 'js' }
    })
  },
}

/** Compiles components of Svelte. */
export const svelte: BunPlugin = {
  name: 'svelte',
  async setup(build) {
    const { compile } = await import('svelte/compiler')
    build.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, generate: 'client' })
      return { contents: js.code, loader: 'js' }
    })
  },
}
