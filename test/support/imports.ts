import { basename, join } from 'node:path'
import type { Answer, Dimension, ReportName, Row } from '@hk-live/sdk/protocol'
import { packFiles } from '../../server/commands/pack.ts'
import type { TestService } from './service.ts'

/** An import as the API shows it. */
export interface ShownImport {
  readonly id: string
  readonly source: string
  readonly label: string
  readonly state: string
  readonly first_day: string | null
  readonly last_day: string | null
  readonly rows: number
  readonly progress: { readonly records: number; readonly bytes: number; readonly size: number }
  readonly left_out: Readonly<Record<string, number>>
  readonly faults: readonly string[]
  readonly error: string | null
}

const folder = join(import.meta.dir, 'imports')

/** The text of a made-up file of another system. */
export function fixture(name: string): Promise<string> {
  return Bun.file(join(folder, name)).text()
}

/** Files of texts, packed into one. */
export async function zipOf(texts: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const files = Object.entries(texts).map(([name, text]) => ({
    name,
    async *open() {
      yield new TextEncoder().encode(text)
    },
  }))
  return Uint8Array.from(Buffer.concat(await Array.fromAsync(packFiles(files))))
}

/** The made-up export of Plausible, packed; `change` changes its tables. */
export async function plausibleZip(change: (name: string, text: string) => string = (_, text) => text) {
  const names = await Array.fromAsync(new Bun.Glob('*.csv').scan(join(folder, 'plausible')))
  const texts = await Promise.all(names.map((name) => fixture(join('plausible', name))))
  return zipOf(Object.fromEntries(names.map((name, index) => [basename(name), change(name, texts[index] ?? '')])))
}

/** Sends a file to import, as who manages the site. */
export function sendImport(service: TestService, site: string, query: string, body: BodyInit): Promise<Response> {
  return service.fetch(`/api/sites/${site}/imports?${query}`, {
    method: 'POST',
    headers: { authorization: 'Bearer admin-token-of-the-tests' },
    body,
  })
}

/** Imports a file and waits until it is done, or has failed. */
export async function importFile(service: TestService, site: string, query: string, body: BodyInit): Promise<ShownImport> {
  const response = await sendImport(service, site, query, body)
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  await service.assembly.imports.idle()
  return service.admin(`/api/sites/${site}/imports/${JSON.parse(text).id}`)
}

/** Undoes an import. */
export async function undoImport(service: TestService, site: string, { id }: { id: string }): Promise<void> {
  await service.admin(`/api/sites/${site}/imports/${id}`, undefined, 'DELETE')
}

/** The days of the made-up files. */
export const importedDays = 'from=2024-03-01&to=2024-03-03'

/** An answer with all that stands beside its data. */
export const fullAnswer = <N extends ReportName>(service: TestService, site: string, name: N, query: string): Promise<Answer<N>> =>
  service.admin(`/api/sites/${site}/reports/${name}?${query}`)

/** Rows of a breakdown in short: value, visitors, visits, pageviews. */
export async function shortRows(service: TestService, site: string, by: Dimension, query = importedDays) {
  const { rows } = await service.report(site, 'breakdown', `by=${by}&${query}`)
  return rows.map(({ value, visitors, visits, pageviews }: Row) => [value, visitors, visits, pageviews])
}
