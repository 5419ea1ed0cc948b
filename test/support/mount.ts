import { mkdir } from 'node:fs/promises'

/** Whether this process may mount file systems. Where it may not, what needs one of its own cannot be tried. */
export const canMount = process.platform === 'linux' && Bun.spawnSync(['unshare', '-m', 'true']).success

/** A small file system of its own at a folder, that can be filled and made read-only. Disposing unmounts it. */
export interface Mount extends Disposable {
  /** Takes all of its room. */
  fill(): void
  /** Gives the room back. */
  free(): void
  makeReadOnly(): void
}

/** Mounts a file system of so many MiB in memory. */
export async function mountSmall(dir: string, size: number): Promise<Mount> {
  const run = (...command: string[]) => {
    const { success, stderr } = Bun.spawnSync(command)
    if (!success) throw new Error(`${command.join(' ')}: ${stderr.toString()}`)
  }
  await mkdir(dir, { recursive: true })
  run('mount', '-t', 'tmpfs', '-o', `size=${size}m,mode=0755`, 'tmpfs', dir)
  return {
    // Cat ends when there is no room any more; that is no failure.
    fill: () => void Bun.spawnSync(['sh', '-c', 'cat /dev/zero >> "$0/filler"', dir]),
    free: () => run('rm', `${dir}/filler`),
    makeReadOnly: () => run('mount', '-o', 'remount,ro', dir),
    [Symbol.dispose]: () => run('umount', '-l', dir),
  }
}
