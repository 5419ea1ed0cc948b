import { dirname, join } from 'node:path'

/** A built module and what it loads: at once, and only when its code asks. Paths from the build's folder. */
export interface Module {
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly imports: readonly string[]
  readonly later: readonly string[]
}

/** Reads a built module and what it imports. */
export async function readModule(folder: string, path: string): Promise<Module> {
  const bytes = await Bun.file(join(folder, path)).bytes()
  const found = new Bun.Transpiler({ loader: 'js' }).scanImports(bytes)
  const paths = (kind: Bun.ImportKind) =>
    found.filter((one) => one.kind === kind).map((one) => join(dirname(path), one.path))
  return { path, bytes, imports: paths('import-statement'), later: paths('dynamic-import') }
}

/** The modules that a browser fetches for some entries: they, and all that they import at once. */
export async function reach(folder: string, entries: readonly string[]): Promise<Module[]> {
  const reached = new Map<string, Module>()
  const open = [...entries]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue
    const module = await readModule(folder, path)
    reached.set(path, module)
    open.push(...module.imports)
  }
  return [...reached.values()]
}
