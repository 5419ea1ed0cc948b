import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack } from '../../components/pack.ts'

/** Root of this project. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** An empty project that has the packages, as npm would have installed them. */
export interface Project extends AsyncDisposable {
  readonly path: string
  readonly tarballs: readonly string[]
  /** Writes a file of the project. */
  write(path: string, text: string): Promise<void>
  /** Adds libraries with all that they depend on. */
  add(...libraries: readonly string[]): Promise<void>
}

/** Packs the packages and unpacks them into an empty project; what they depend on comes from here, as there is no network. */
export async function openProject(): Promise<Project> {
  const path = await mkdtemp(join(tmpdir(), 'hk-project-'))
  const modules = join(path, 'node_modules')
  const linked = new Set<string>()
  const add = async (...libraries: readonly string[]): Promise<void> => {
    for (const library of libraries) {
      if (linked.has(library)) continue
      linked.add(library)
      const source = join(root, 'node_modules', library)
      await mkdir(dirname(join(modules, library)), { recursive: true })
      await symlink(source, join(modules, library))
      await add(...(await dependenciesOf(source)))
    }
  }
  const tarballs = await pack(join(path, 'packed'))
  for (const tarball of tarballs) {
    const unpacked = join(path, 'unpacked')
    await new Bun.Archive(await Bun.file(tarball).bytes()).extract(unpacked)
    const folder = join(unpacked, 'package')
    const { name }: { name: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    await cp(folder, join(modules, name), { recursive: true })
    await rm(unpacked, { recursive: true })
    await add(...(await dependenciesOf(join(modules, name))).filter((library) => !library.startsWith('@hk-live/')))
  }
  await writeFile(join(path, 'package.json'), '{ "type": "module", "private": true }')
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), text)
  }
  return { path, tarballs, write, add, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const { dependencies = {} }: { dependencies?: object } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return Object.keys(dependencies)
}
