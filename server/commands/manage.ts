import { type Api, CommandError } from './api.ts'

/** Options of a command, as they were given. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

interface SiteRow {
  readonly id: string
  readonly domain: string
  readonly name: string
  readonly timezone: string
}

/** The id of the site that `--site` names by id or domain; the only one where there is just one. */
export async function siteOf(api: Api, { site }: Options): Promise<SiteRow> {
  const { sites } = await api.ask<{ sites: SiteRow[] }>('GET', '/api/sites')
  const named = sites.filter(({ id, domain }) => site === undefined || id === site || domain === site)
  const [only] = named
  if (named.length === 1 && only !== undefined) return only
  const list =
    sites.map(({ id, domain }) => `${id} (${domain})`).join(', ') ||
    'none yet: make one by "hk sites add DOMAIN"'
  throw new CommandError(`Name one site by --site. There are: ${list}.`)
}

/** An id as the service makes them; anything else could make another path of it. */
export function idFrom(text: string): string {
  if (/^[a-z0-9]{1,40}$/.test(text)) return text
  throw new CommandError(`"${text}" is no id. List the ids by leaving out what comes after the command.`)
}

/** `hk sites [add DOMAIN | remove ID]`. */
export async function sites(
  api: Api,
  [action = 'list', domain]: readonly string[],
  options: Options,
): Promise<string> {
  if (action === 'list') {
    const { sites: rows } = await api.ask<{ sites: SiteRow[] }>('GET', '/api/sites')
    return table(
      rows.map(({ id, domain: host, timezone }) => [id, host, timezone]),
      'No sites yet: hk sites add DOMAIN',
    )
  }
  if (action === 'add' && domain !== undefined) {
    const { name, timezone, currency } = options
    const made = await api.ask<SiteRow>('POST', '/api/sites', { domain, name, timezone, currency })
    return [
      `Made ${made.id} (${made.domain}, ${made.timezone}). Paste this into its pages:`,
      `<script defer src="${api.url}/hk.js" data-site="${made.id}"></script>`,
    ].join('\n')
  }
  if (action === 'remove' && domain !== undefined) {
    const { id } = await siteOf(api, { site: domain })
    await api.ask('DELETE', `/api/sites/${id}`)
    return `Removed ${id} with all its data.`
  }
  throw new CommandError('Usage: hk sites [add DOMAIN [--name N] [--timezone Z] [--currency C] | remove ID]')
}

/** `hk shares [add | remove ID] --site ID`. */
export async function shares(
  api: Api,
  [action = 'list', share]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  if (action === 'list') {
    const { shares: rows } = await api.ask<{ shares: Record<string, unknown>[] }>(
      'GET',
      `/api/sites/${id}/shares`,
    )
    const cells = rows.map((row) => [
      row.id,
      row.label || '–',
      `…${row.token_hint}`,
      row.expires_at ?? 'never expires',
    ])
    return table(cells, 'No share links yet: hk shares add')
  }
  if (action === 'add') {
    const body = { label: options.label, expires_at: options.expires }
    const made = await api.ask<{ id: string; token: string }>('POST', `/api/sites/${id}/shares`, body)
    return [
      `Made share link ${made.id}. Its token is shown this once: ${made.token}`,
      `<script type="module" src="${api.url}/embed/hk.js"></script>`,
      `<hk-kpi share="${made.token}" metric="visitors" range="30d"></hk-kpi>`,
    ].join('\n')
  }
  if (action === 'remove' && share !== undefined) {
    await api.ask('DELETE', `/api/sites/${id}/shares/${idFrom(share)}`)
    return `Revoked ${share}.`
  }
  throw new CommandError('Usage: hk shares [add [--label L] [--expires TIME] | remove ID] --site ID')
}

/** `hk clients [add | remove ID]`. */
export async function clients(
  api: Api,
  [action = 'list', client]: readonly string[],
  options: Options,
): Promise<string> {
  if (action === 'list') {
    const { clients: rows } = await api.ask<{ clients: Record<string, unknown>[] }>('GET', '/api/clients')
    return table(
      rows.map((row) => [row.id, row.label, row.scopes, `…${row.token_hint}`]),
      'No API clients yet.',
    )
  }
  if (action === 'add' && typeof options.scopes === 'string') {
    const { label = 'hk', scopes, site, expires } = options
    const sites = site === undefined ? null : [(await siteOf(api, options)).id]
    const body = { label, scopes: scopes.split(','), sites, expires_at: expires }
    const made = await api.ask<{ id: string; token: string }>('POST', '/api/clients', body)
    return `Made API client ${made.id}. Its token is shown this once: ${made.token}`
  }
  if (action === 'remove' && client !== undefined) {
    await api.ask('DELETE', `/api/clients/${idFrom(client)}`)
    return `Revoked ${client}.`
  }
  throw new CommandError(
    'Usage: hk clients [add --scopes reports:read,ingest [--label L] [--site ID] | remove ID]',
  )
}

/** `hk stream new-epoch --site ID`. */
export async function stream(api: Api, [action]: readonly string[], options: Options): Promise<string> {
  if (action !== 'new-epoch') throw new CommandError('Usage: hk stream new-epoch --site ID')
  const { id } = await siteOf(api, options)
  const { position } = await api.ask<{ position: string }>('POST', `/api/sites/${id}/stream/new-epoch`, {})
  return `Readers of ${id} load anew, from ${position} on.`
}

/** Rows of cells as columns of text; `empty` where there are none. */
export function table(rows: readonly (readonly unknown[])[], empty: string): string {
  if (rows.length === 0) return empty
  const texts = rows.map((row) => row.map(String))
  const widths = texts[0]?.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0))) ?? []
  return texts
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
