import { readFile, stat } from 'node:fs/promises'

/** How a file is watched. */
export interface WatchOptions {
  /** Milliseconds between two looks. */
  readonly everyMs?: number
  /** Told in a sentence that a new version of the file can't be used, and why. */
  readonly onError?: (message: string, cause: unknown) => void
}

/** A file in use. Disposing ends the watch. */
export interface WatchedFile<T> extends Disposable {
  /** What the newest usable version of the file holds. */
  readonly content: T
}

/**
 * Reads a file, and again whenever it has changed: replaced by another, or overwritten in its place. It is read once
 * it has looked the same for two looks, so that one that is being written is left alone. A version that can't be read
 * leaves the one before it in use and is said once. Looks cost one `stat` and keep no process alive; they work on
 * mounts, too, where nobody tells of changes.
 *
 * @param load makes the content of the bytes; throws where they are none
 * @throws whatever reading or `load` throws the first time
 */
export async function watchFile<T>(
  path: string,
  load: (bytes: Buffer) => T,
  { everyMs = 5_000, onError = () => undefined }: WatchOptions = {},
): Promise<WatchedFile<T>> {
  let used = await stampOf(path)
  let seen = used
  let content = load(await readFile(path))
  let looking = false
  let closed = false

  async function look(): Promise<void> {
    const stamp = await stampOf(path)
    const isSteady = stamp === seen
    seen = stamp
    if (stamp === used || !isSteady) return
    // A version that can't be used is tried and said once.
    used = stamp
    const bytes = await readFile(path)
    if ((await stampOf(path)) !== stamp) return
    const loaded = load(bytes)
    if (!closed) content = loaded
  }

  const timer = setInterval(() => {
    if (looking) return
    looking = true
    look()
      .catch((error: unknown) => {
        // A file that is away for a moment is being replaced.
        if (isMissing(error) || closed) return
        onError(`The new ${path} can't be used; what was read before it stays in use`, error)
      })
      .finally(() => (looking = false))
  }, everyMs)
  timer.unref()

  return {
    get content() {
      return content
    },
    [Symbol.dispose]() {
      closed = true
      clearInterval(timer)
    },
  }
}

/** Tells versions of a file apart. The time of its last change of any kind is one that a copying program can't set. */
async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(path)
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
