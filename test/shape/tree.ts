import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A source file: its path from the root, its text, and what it imports. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  /** Packages by name, files of ours by path from the root; with those of types only. */
  readonly imports: readonly string[]
  /** The same, without those of types only. */
  readonly values: readonly string[]
}

/** The TypeScript files of some top-level folders, without what is built or installed. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith('.ts') && !/(^|\/)(node_modules|dist|\.)/.test(path))
      .map((path) => read(path)),
  )
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const statements = [
    ...text.matchAll(
      /^(?:import|export)\s(type\s)?[^'"`;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ]
  const place = (name: string) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name)
  const named = statements.map(([, type, from, bare, dynamic]) => ({
    type,
    name: place(from ?? bare ?? dynamic ?? ''),
  }))
  return {
    path,
    text,
    imports: named.map(({ name }) => name),
    values: named.filter(({ type }) => type === undefined).map(({ name }) => name),
  }
}
