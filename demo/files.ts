import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A path below the demo as one of this machine. */
export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Answers with a text, as UTF-8. */
export function text(content: string, type: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(content, { headers: { ...headers, 'content-type': `${type}; charset=utf-8` } })
}

/** Answers with a file of the demo. */
export async function file(path: string, type: string): Promise<Response> {
  return text(await readFile(here(path), 'utf8'), type)
}

const bundles = new Map<string, Promise<string>>()

/** A script of the demo for the browser, bundled at its first use. */
export async function bundle(path: string): Promise<Response> {
  const made = bundles.get(path) ?? build(path)
  bundles.set(path, made)
  return text(await made, 'text/javascript')
}

async function build(path: string): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [here(path)], target: 'browser', minify: true })
  const [output] = outputs
  if (output === undefined) throw new Error(`Nothing came of bundling ${path}`)
  return output.text()
}
