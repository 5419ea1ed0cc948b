/** A machine that has no IPv4 address, not even that of the loopback: a network namespace. Needs root, on Linux. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../server/index.ts'
import { processesIn, type Running, runtimes, spawn } from '../support/process.ts'

const canSeparate =
  process.platform === 'linux' && Bun.spawnSync(['unshare', '-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).success

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-ipv6-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
  await writeFile(join(base, 'hosts'), '::1 localhost\n')
})
afterAll(() => rm(base, { recursive: true, force: true }))

/** Runs a program where the loopback has ::1 alone, and the name localhost with it. */
function spawnApart(command: readonly string[], env: Record<string, string>): Running {
  const setup = `ip link set lo up && ip addr del 127.0.0.1/8 dev lo && mount --bind "$0" /etc/hosts && exec "$@"`
  return spawn(['unshare', '-n', '-m', 'sh', '-c', setup, join(base, 'hosts'), ...command], env)
}

/** What an address answers there: its status. */
async function statusOf(running: Running, url: string): Promise<number> {
  const asking = spawn(['nsenter', '-t', String(running.pid), '-n', '-m', 'bun', '-e', `console.log((await fetch('${url}')).status)`])
  await asking.exited
  return Number(asking.output())
}

describe.if(canSeparate).each(runtimes)('on %s', (name, runtime) => {
  test.each([
    ['by default', undefined, /^http:\/\/localhost:\d+$/],
    ['on ::1', '::1', /^http:\/\/\[::1\]:\d+$/],
    ['on all of IPv6', '::', /^http:\/\/localhost:\d+$/],
    ['on localhost', 'localhost', /^http:\/\/localhost:\d+$/],
  ])('the service with its own Postgres listens %s, and prints an address that can be used', async (_place, host, printed) => {
    const dir = join(base, name)
    const env = { HK_DATA_DIR: dir, HK_PORT: '0', HK_LOG: 'warn', ...(host !== undefined && { HK_HOST: host }) }
    const running = spawnApart([...runtime, 'server/main.ts'], env)
    const url = (await running.line(/listens on/)).split(' ').at(-1) ?? ''
    expect(url).toMatch(printed)
    expect(await statusOf(running, `${url}/readyz`)).toBe(200)
    expect(await running.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
  }, 30_000)
})

test.if(canSeparate)('the demo starts', async () => {
  const env = { HK_DATA_DIR: join(base, 'demo'), HK_PORT: '0', HK_DEMO_PORT: '0', HK_DEMO_DAYS: '2', HK_LOG: 'warn' }
  const running = spawnApart(['bun', 'demo/main.ts'], env)
  const line = await running.line(/http:\/\/localhost:\d+/)
  expect(await statusOf(running, /http:\S+/.exec(line)?.[0] ?? '')).toBe(200)
  expect(await running.kill('SIGINT')).toBe(0)
}, 60_000)

test('hosts of one to three characters are hosts', () => {
  for (const host of ['::', 'a', 'h2', 'db']) expect(readConfig({ HK_HOST: host }).host).toBe(host)
  expect(readConfig({ HK_HOST: '[::1]' }).host).toBe('::1')
  for (const url of ['http://a', 'http://ab/', 'https://t.co', 'http://[::1]:4747']) {
    expect(readConfig({ HK_PUBLIC_URL: url }).publicUrl).toBe(url.replace(/\/$/, ''))
  }
})
