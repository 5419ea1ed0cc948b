import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportName } from '@hk-live/sdk/protocol'

const fileName = 'demo.json'

/** The demo's site and share links of it. */
export interface DemoSite {
  readonly id: string
  readonly share: string
  /** Token of a link that allows every report, as the documentation shows them all. */
  readonly full: string
  /** Whether its past was made up whole. */
  readonly hasPast: boolean
}

/** Asks the service by its API, like every other program. */
export type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>

/** An {@link Ask} with a token. Throws with the sentence of the service where it refuses. */
export function askWith(url: string, token: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

/**
 * Finds the demo's site, or makes it with a share link. A share token is shown once, so it is kept
 * beside the data.
 */
export async function ensureSite(ask: Ask, dataDir: string): Promise<DemoSite> {
  const file = join(dataDir, fileName)
  const kept = await readKept(file)
  const { sites } = await ask<{ sites: { id: string }[] }>('GET', '/api/sites')
  if (kept.id !== undefined && kept.share !== undefined && sites.some(({ id }) => id === kept.id)) {
    const full = kept.full ?? (await shareAll(ask, kept.id))
    const found = { id: kept.id, share: kept.share, full, hasPast: kept.hasPast === true }
    if (kept.full === undefined) await keepSite(found, dataDir)
    return found
  }
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const settings = { domain: 'lumenandoak.example', name: 'Lumen & Oak', timezone: timezone || 'UTC' }
  const { id } = await ask<{ id: string }>('POST', '/api/sites', settings)
  const { token: share } = await ask<{ token: string }>('POST', `/api/sites/${id}/shares`, {
    label: 'Demo pages',
  })
  await ask('POST', `/api/sites/${id}/goals`, { name: 'Purchase', type: 'event', pattern: 'purchase' })
  await ask('POST', `/api/sites/${id}/goals`, { name: 'Lamp viewed', type: 'page', pattern: '/lamps/*' })
  await ask('POST', `/api/sites/${id}/funnels`, {
    name: 'From lamp to purchase',
    steps: [{ goal: 'Lamp viewed' }, { type: 'event', pattern: 'add_to_cart', name: 'Put in the cart' }, { goal: 'Purchase' }],
  })
  const at = new Date(Date.now() - 9 * 86_400_000).toISOString()
  await ask('POST', `/api/sites/${id}/annotations`, { at, text: 'The autumn catalogue is out' })
  const made = { id, share, full: await shareAll(ask, id), hasPast: false }
  await keepSite(made, dataDir)
  return made
}

/** Makes a share link that allows whatever the elements can show. */
async function shareAll(ask: Ask, id: string): Promise<string> {
  const reports: readonly ReportName[] = [
    'overview',
    'timeseries',
    'breakdown',
    'live',
    'visits',
    'goals',
    'funnels',
    'events',
    'web_vitals',
    'ai_visibility',
    'opportunities',
  ]
  const settings = { label: 'Documentation', reports, visits: true }
  return (await ask<{ token: string }>('POST', `/api/sites/${id}/shares`, settings)).token
}

/** Writes down what the next start has to know of the demo's site. */
export async function keepSite(site: DemoSite, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  await writeFile(join(dataDir, fileName), JSON.stringify(site), { mode: 0o600 })
}

async function readKept(file: string): Promise<Partial<DemoSite>> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    // Not there yet, or no longer readable: a new site is made.
    return {}
  }
}
