import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import {
  closeOnSignal,
  ConfigError,
  createLog,
  leave,
  readConfig,
  startService,
  surviveLostSocket,
} from '@hk-live/server'
import { type Places, serveBlog, serveShop } from './origin.ts'
import { type DemoSetting, readSetting } from './setting.ts'
import { type Ask, askWith, type DemoSite, ensureSite, keepSite } from './setup.ts'
import { inventFetches } from './traffic/agents.ts'
import { inventHistory } from './traffic/history.ts'
import { startTraffic } from './traffic/traffic.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const shopOrigin = 'https://lumenandoak.example'

/** Starts all of the demo: what browsers load, the service, the pages, their past and their traffic. */
async function start(stopping: AbortSignal): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const setting = readSetting(process.env)
  // The past is made up in one go, faster than a site may send by default.
  const config = readConfig({ HK_INGEST_RATE_SITE: '0', ...process.env })
  await buildAssets()
  const service = stack.use(await startService(config, createLog(config.log)))
  const token = config.adminToken ?? service.madeToken ?? (await readToken(config.dataDir))
  const ask = askWith(service.localUrl, token)
  const site = await ensureSite(ask, config.dataDir)
  const send = async (items: unknown[]) => {
    await ask('POST', `/api/sites/${site.id}/ingest`, { items })
  }
  if (!site.hasPast) {
    await makeHistory(setting.days, send, stopping)
    for (const fetches of inventFetches(setting.days, Date.now(), Math.random)) {
      await ask('POST', `/api/sites/${site.id}/ingest/ai-fetch`, fetches)
    }
    await keepSite({ ...site, hasPast: true }, config.dataDir)
  }
  const traffic = stack.use(startTraffic({ origin: shopOrigin, on: setting.traffic, send }))
  const places = { service: service.url, shop: '', blog: '', site: site.id, share: site.share, full: site.full }
  places.shop = open(stack, setting.port, (port) =>
    serveShop(
      port,
      () => places,
      () => traffic,
    ),
  )
  places.blog = open(stack, setting.port && setting.port + 1, (port) => serveBlog(port, () => places))
  await tell(ask, places, site, setting, service.madeToken)
  const all = stack.move()
  return { [Symbol.asyncDispose]: () => all.disposeAsync() }
}

function open(
  stack: AsyncDisposableStack,
  port: number,
  serve: (port: number) => Bun.Server<undefined>,
): string {
  try {
    const server = serve(port)
    stack.defer(() => server.stop(true))
    return `http://localhost:${server.port}`
  } catch {
    throw new ConfigError(
      `Port ${port} is taken by another program. Stop it, or set HK_DEMO_PORT to another port.`,
    )
  }
}

async function readToken(dataDir: string): Promise<string> {
  try {
    return (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  } catch {
    throw new ConfigError('The demo needs the admin token of this database. Set HK_ADMIN_TOKEN to it.')
  }
}

async function buildAssets(): Promise<void> {
  const build = Bun.spawn([process.execPath, join(root, 'components/build.ts'), '--if-stale'], {
    stdout: 'inherit',
    stderr: 'inherit',
  })
  if ((await build.exited) !== 0) throw new Error('The elements could not be built.')
}

async function makeHistory(
  days: number,
  send: (items: unknown[]) => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  if (days === 0) return
  process.stdout.write(`Making up ${days} days of visits to a lamp shop `)
  let batches = 0
  for (const items of inventHistory(shopOrigin, days, Date.now(), Math.random)) {
    if (stopping.aborted)
      throw new ConfigError('\nStopped while the past was being made up; the next start makes it anew.')
    await send(items)
    if (batches++ % 4 === 0) process.stdout.write('.')
  }
  process.stdout.write('\n')
}

async function tell(
  ask: Ask,
  { service, shop, blog, share, site: id }: Places,
  site: DemoSite,
  setting: DemoSetting,
  madeToken: string | undefined,
): Promise<void> {
  const { data } = await ask<{ data: { pageviews: number } }>(
    'GET',
    `/api/sites/${site.id}/reports/overview?range=30d`,
  )
  console.log(`
hk-live is up. ${data.pageviews.toLocaleString('en')} pageviews in the last 30 days${setting.traffic ? ', and more are coming' : ''}.

  Dashboard             ${shop}/dashboard
  Share page            ${service}/share/${share}
  Shop with the tracker ${shop}/
  Article with widgets  ${blog}/
  Page on the SDK alone ${shop}/custom
  In each framework     ${shop}/frameworks
  Documentation         ${shop}/docs
  Service               ${service}
${madeToken === undefined ? '' : `\n  Admin token, shown this once: ${madeToken}\n`}
Open the article beside the shop, click about in the shop, and watch the article.

Paste this into the pages of a site to collect its visits:

  <script defer src="${service}/hk.js" data-site="${id}"></script>

and this anywhere else to show them:

  <script type="module" src="${service}/embed/hk.js"></script>
  <p>Read by <hk-kpi share="${share}" metric="visitors" range="30d">many</hk-kpi> people this month.</p>

Ctrl-C stops everything. The data stays.`)
}

surviveLostSocket()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
const starting = start(stop.signal)
closeOnSignal(starting)
starting.catch(leave)
