import { expect, test } from 'bun:test'
import { createClient } from '../../sdk/index.ts'
import { serve } from './loopback.ts'

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 15_000
  while (!condition()) {
    if (Date.now() > limit) throw new Error('It did not happen within 15 s.')
    await Bun.sleep(10)
  }
}

test('over real sockets, a report follows a commit and survives a broken stream', async () => {
  await using service = serve()
  const client = createClient({ endpoint: service.url, site: 's1' })
  const overview = client.watch('overview', { range: '7d' })
  const visitors = () => overview.data.get()?.visitors
  await until(() => visitors() === 1 && client.status.get().state === 'live')

  service.commit()
  await until(() => visitors() === 2)

  service.break()
  service.commit()
  await until(() => visitors() === 3)
  const streams = service.asked.filter((path) => path.includes('/realtime'))
  expect(streams[1]).toBe('/api/sites/s1/realtime?last_event_id=e.2')
  client.close()
  await until(() => service.streams.size === 0)
})

/** A program that follows the site until it has seen one commit, and then has nothing left to wait for. */
const program = (endpoint: string) => `
import { createClient } from '@hk-live/sdk'
const client = createClient({ endpoint: '${endpoint}', site: 's1' })
for await (const { data } of client.watch('overview')) {
  console.log(data.visitors)
  if (data.visitors > 1) client.close()
}
`

/** Node where it is installed; where it is not, Bun stands in under its name, which would show nothing. */
function realNode(): string | null {
  const node = Bun.which('node')
  if (node === null) return null
  const { stdout } = Bun.spawnSync([node, '-p', 'process.versions.bun ?? "none"'])
  return stdout.toString().trim() === 'none' ? node : null
}

const runtimes = [
  ['node', '--input-type=module', '-'],
  ['deno', 'run', '--no-lock', '--allow-net=127.0.0.1', '-'],
] as const

for (const [name, ...args] of runtimes) {
  const command = name === 'deno' ? 'node_modules/deno/deno' : realNode()
  test.skipIf(command === null)(
    `the same code runs in ${name}, and ends with its client`,
    async () => {
      await using service = serve()
      const files = { 'program.ts': program(service.url) }
      const { outputs } = await Bun.build({ entrypoints: ['program.ts'], files })
      const run = Bun.spawn([command ?? name, ...args], {
        stdin: outputs[0],
        stdout: 'pipe',
        stderr: 'inherit',
      })
      await until(() => service.streams.size === 1 && service.asked.some((path) => path.includes('/reports/')))
      service.commit()
      expect(await new Response(run.stdout).text()).toBe('1\n2\n')
      expect(await run.exited).toBe(0)
    },
    30_000,
  )
}
