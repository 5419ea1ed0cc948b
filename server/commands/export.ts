import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formats } from '../exports/index.ts'
import { questionParameters } from '../reports/index.ts'
import { type Api, CommandError } from './api.ts'
import { type Options, siteOf } from './manage.ts'

/** Options of `hk export`: the parameters of a question, by their names, but for that of caches. */
export const exportOptions: readonly string[] = questionParameters.filter((name) => name !== 'v')

/**
 * `hk export REPORT --site ID [--format csv] [--range 30d] [--filter country:DE]… [--out FILE]`: a report as a file, or to
 * the standard output. A file has its name once it is whole. For a pipe, CSV has no byte order mark.
 */
export async function exportReport(api: Api, [report]: readonly string[], options: Options): Promise<string> {
  if (report === undefined || !/^\w+$/.test(report)) {
    throw new CommandError(`Usage: hk export REPORT --site ID [--format ${formats.join('|')}] [--range 30d] [--out FILE]`)
  }
  const { id } = await siteOf(api, options)
  const { out, format = 'csv' } = options
  const query = new URLSearchParams({ format: String(format), bom: typeof out === 'string' ? '1' : '0' })
  for (const name of exportOptions) {
    for (const value of [options[name] ?? []].flat()) query.append(name, String(value))
  }
  const body = Readable.from(await api.read(`/api/sites/${id}/reports/${report}/export?${query}`))
  if (typeof out !== 'string') {
    await pipeline(body, process.stdout, { end: false }).catch(rethrow('The report'))
    return ''
  }
  const part = `${out}.part`
  try {
    await pipeline(body, createWriteStream(part))
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    return rethrow(out)(error)
  }
  return `Wrote ${out}.`
}

function rethrow(what: string): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`${what} could not be written to its end: ${reason.replace(/\.$/, '')}.`)
  }
}
