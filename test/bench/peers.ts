import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild, startProgram } from './child.ts'
import type { Target } from './stage.ts'

/** Something that tells many readers of a change. */
export interface Channel extends AsyncDisposable {
  readonly name: string
  readonly pid: number
  /** Where readers listen. */
  readonly url: string
  /** Finds an event's mark in its text: the first group. */
  readonly marks: string
  /** Publishes, and returns the mark of the event that will come. */
  publish(): Promise<string>
}

let published = 0

/** An event as ours has them, with a mark that tells it from others. */
const event = (mark: string) => ({
  mark,
  site_id: 'abcdefghij',
  kinds: ['hits'],
  counts: { hits: 1 },
  changed_at: new Date().toISOString(),
  bucket_start: new Date().toISOString(),
})

const post = async (url: string, body: object) => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  await response.arrayBuffer()
}

/** Our service: a pageview that is committed, then told of. */
export function ourChannel({ pid, url, site, share }: Target): Channel {
  const changes = `${url}/api/share/${share}/sites/${site}`
  const head = async () => {
    const { headers } = await fetch(`${changes}/reports/overview`)
    return (headers.get('etag') ?? '').replace(/^"|-.*$/g, '')
  }
  let position = ''
  return {
    name: 'hk-live',
    pid,
    url: `${changes}/realtime`,
    marks: 'analytics.changed\\nid: ([0-9a-z.]+)\\n',
    async publish() {
      if (position === '') position = await head()
      const [epoch = '', seq = ''] = position.split('.')
      position = `${epoch}.${Number(seq) + 1}`
      const at = new Date().toISOString()
      const item = { id: crypto.randomUUID(), type: 'pageview', at, url: 'https://shop.example/' }
      await fetch(`${url}/ingest`, {
        method: 'POST',
        headers: {
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0',
          'x-forwarded-for': '81.2.3.4',
        },
        body: JSON.stringify({ site, items: [item] }),
      })
      return position
    },
    // The service is closed by who opened it.
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** `better-sse` on the same runtime. */
export async function betterChannel(): Promise<Channel> {
  const child = startChild(['test/bench/better.ts'])
  const url = /http\S+/.exec(await child.line(/listens on/))?.[0] ?? ''
  return peer('better-sse', child, url, url)
}

/** Where Debian, Fedora and Homebrew put the modules of nginx. */
const modules = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/opt/homebrew/lib/nginx/modules']

/**
 * nginx with nchan and one worker process, its messages in memory.
 *
 * @throws {Error} where it is not installed
 */
export async function nchanChannel(): Promise<Channel> {
  const module = modules.map((folder) => join(folder, 'ngx_nchan_module.so')).find(existsSync)
  const nginx = Bun.which('nginx', { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` })
  if (module === undefined || nginx === null) {
    throw new Error('nginx with nchan is not installed: on Debian, "nginx" and "libnginx-mod-nchan".')
  }
  const dir = await mkdtemp(join(tmpdir(), 'hk-nchan-'))
  await chmod(dir, 0o755)
  const port = await freePort()
  await writeFile(join(dir, 'nginx.conf'), configuration(module, dir, port))
  const child = startProgram([nginx, '-p', dir, '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'])
  const url = `http://127.0.0.1:${port}`
  const closing: Child = {
    ...child,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
  for (const deadline = Date.now() + 5_000; ; await Bun.sleep(20)) {
    if (
      await fetch(`${url}/ready`).then(
        (response) => response.ok,
        () => false,
      )
    )
      break
    if (Date.now() < deadline) continue
    await closing[Symbol.asyncDispose]()
    throw new Error('nginx did not start.')
  }
  return peer('nchan', closing, `${url}/sub`, `${url}/pub`)
}

function peer(name: string, child: Child, url: string, pub: string): Channel {
  return {
    name,
    pid: child.pid,
    url,
    marks: '"mark":"([^"]+)"',
    async publish() {
      const mark = `m${++published}`
      await post(pub, event(mark))
      return mark
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

function configuration(module: string, dir: string, port: number): string {
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `
    load_module ${module};
    ${user}
    worker_processes 1;
    worker_rlimit_nofile 20000;
    pid ${dir}/nginx.pid;
    error_log ${dir}/error.log;
    events { worker_connections 19000; }
    http {
      access_log off;
      client_body_temp_path ${dir}/body;
      proxy_temp_path ${dir}/proxy;
      fastcgi_temp_path ${dir}/fastcgi;
      uwsgi_temp_path ${dir}/uwsgi;
      scgi_temp_path ${dir}/scgi;
      server {
        listen 127.0.0.1:${port};
        location = /ready { return 200; }
        location = /sub { nchan_subscriber eventsource; nchan_channel_id site; nchan_eventsource_ping_interval 15; nchan_subscriber_first_message newest; }
        location = /pub { nchan_publisher; nchan_channel_id site; }
      }
    }`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
