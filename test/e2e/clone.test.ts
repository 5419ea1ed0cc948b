/** What a newcomer does: each command of `package.json` on a clone in which nothing was installed or built. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/packages.ts'
import { processesIn, type Running, spawn } from '../support/process.ts'

let clone: string

/** The tree as it is here, with what is not committed yet, and nothing that git ignores. */
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'hk-clone-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(clone, 0o755)
  const listed = Bun.spawnSync(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
  for (const path of listed.stdout.toString().split('\0')) {
    if (path !== '' && existsSync(join(root, path))) await cp(join(root, path), join(clone, path))
  }
}, 60_000)
afterAll(() => rm(clone, { recursive: true, force: true }))

const local = { HK_HOST: '127.0.0.1', HK_PORT: '0', HK_DEMO_PORT: '0', HK_DEMO_DAYS: '1' }
const run = (command: string, env: Record<string, string> = {}) => spawn(['bun', 'run', ...command.split(' ')], { ...local, ...env }, clone)

/** Ends a command as Ctrl-C does, which reaches all of its processes. */
async function end(running: Running): Promise<void> {
  for (const pid of processesOf(running.pid)) interrupt(pid)
  await running.exited
  for (const deadline = Date.now() + 10_000; processesIn(clone).length > 0 && Date.now() < deadline; ) await Bun.sleep(50)
  expect(processesIn(clone)).toEqual([])
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It has ended already.
  }
}

/** A process and those that it has started, the innermost first. */
function processesOf(pid: number): number[] {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pid=,ppid='])
  const pairs = stdout.toString().trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const within = (parent: number): number[] => [...pairs.filter(([, of]) => of === parent).flatMap(([own = 0]) => within(own)), parent]
  return within(pid)
}

const addressIn = (line: string) => (/http\S+/.exec(line) ?? [''])[0].replace('localhost', '127.0.0.1')

describe('on a fresh clone', () => {
  test('serve builds what browsers load, and hands it out', async () => {
    expect(existsSync(join(clone, 'node_modules'))).toBe(false)
    const service = run('serve')
    const url = addressIn(await service.line(/listens on/, 120_000))
    expect(service.output()).toContain('Building what browsers load')
    for (const path of ['/hk.js', '/embed/hk.js', '/embed/define.js', '/embed/hk.css']) {
      const response = await fetch(`${url}${path}`)
      expect([path, response.status]).toEqual([path, 200])
      expect((await response.text()).length).toBeGreaterThan(100)
    }
    await end(service)
  }, 180_000)

  test('serve builds anew where a source is newer, and else begins at once', async () => {
    const again = run('serve')
    await again.line(/listens on/)
    expect(again.output()).not.toContain('Building')
    await end(again)
    const later = new Date(Date.now() + 1_000)
    await utimes(join(clone, 'sdk/tracker/hk.ts'), later, later)
    const newer = run('serve')
    await newer.line(/listens on/)
    expect(newer.output()).toContain('Building what browsers load')
    await end(newer)
  }, 120_000)

  const built = /gz .* B {2}hk\.js$/
  const answers: Record<string, [command: string, answer: RegExp]> = {
    start: ['start', /^hk-live is up\./],
    test: ['test', built],
    hk: ['hk --help', /^hk: /],
    bench: ['bench', /^ +latency /],
    build: ['build', built],
    check: ['check', /^ok {5}types of server/],
    pack: ['pack --out dist', /hk-live-sdk-.*\.tgz$/],
  }

  test('each command of package.json is known here', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect(Object.keys(scripts).toSorted()).toEqual([...Object.keys(answers), 'serve'].toSorted())
  })

  test.each(Object.values(answers))('%s answers', async (command, answer) => {
    // Nothing of what those before it have left.
    for (const folder of ['components/dist', 'dist', '.hk-data']) await rm(join(clone, folder), { recursive: true, force: true })
    const running = run(command)
    await running.line(answer, 120_000)
    await end(running)
  }, 180_000)
})
