import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is built from: a folder counts as well, as its time changes with what is added to it or removed. */
const sources = ['components', 'sdk', 'bun.lock']

/** What the build writes first and last: where one is missing, it did not come to its end. */
const results = ['manifest.json', 'custom-elements.json']

/**
 * Whether what browsers load has to be built: it is missing, or older than one of its sources.
 *
 * @param out folder of the build
 */
export async function isStale(out: string): Promise<boolean> {
  const built = await Promise.all(results.map((name) => changedAt(join(out, name))))
  const newest = await Promise.all(sources.map((name) => newestIn(join(root, name))))
  return Math.max(...newest) > Math.min(...built)
}

/** When the newest file or folder of a tree has changed, in milliseconds since 1970. */
async function newestIn(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const within = entries.filter(({ name }) => !/^(dist|node_modules)/.test(name))
  // The folder `dist` itself comes and goes in `components`, which is no change of a source.
  const own = path === join(root, 'components') ? 0 : await changedAt(path)
  const times = await Promise.all(
    within.map((entry) => (entry.isDirectory() ? newestIn : changedAt)(join(path, entry.name))),
  )
  return Math.max(own, ...times)
}

/** When a file has changed; 0 where there is none. */
async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}
