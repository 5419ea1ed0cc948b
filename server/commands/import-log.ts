import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import process from 'node:process'
import { importLog, type ImportSummary, showProgress } from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { type Options, siteOf } from './manage.ts'

/**
 * `hk import-log FILE --site ID [--format combined] [--keep-dates] [--hostname H]`: pageviews of people
 * and requests of AI agents, from an access log.
 */
export async function importAccessLog(
  api: Api,
  [file]: readonly string[],
  options: Options,
): Promise<string> {
  if (file === undefined)
    throw new CommandError('Usage: hk import-log FILE --site ID [--format combined] [--keep-dates]')
  if ((options.format ?? 'combined') !== 'combined') {
    throw new CommandError(`The format "${String(options.format)}" is not known. Known is "combined".`)
  }
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw new CommandError(`There is no file ${file}.`)
  if (!found.isFile()) throw new CommandError(`${file} is a folder. Name one log in it.`)
  if (await isPacked(file)) throw new CommandError(`${file} is packed. Unpack it first: gzip -dk ${file}`)
  const site = await siteOf(api, options)
  const summary = await importLog({
    source: () => createReadStream(file),
    site: site.id,
    hostname: typeof options.hostname === 'string' ? options.hostname : site.domain,
    keepDates: options['keep-dates'] === true,
    post: (route, body) => api.ask('POST', `/api/sites/${site.id}/${route}`, body),
    onProgress: showProgress(process.stderr, found.size),
  })
  return describe(summary)
}

/** Whether a file begins as gzip does (RFC 1952, section 2.3.1). */
async function isPacked(file: string): Promise<boolean> {
  const [first] = await createReadStream(file, { start: 0, end: 1 }).toArray()
  return first?.[0] === 0x1f && first[1] === 0x8b
}

function describe({
  lines,
  pageviews,
  ai_fetches,
  left_out,
  malformed,
  rejected,
  shifted_days,
}: ImportSummary): string {
  const number = (value: number) => value.toLocaleString('en')
  const left = Object.entries(left_out).sort(([, a], [, b]) => b - a)
  return [
    `${number(lines)} lines: ${number(pageviews)} pageviews of people, ${number(ai_fetches)} requests of AI agents.`,
    'What the site had already is not stored twice.',
    shifted_days === 0
      ? 'Dates are kept.'
      : `Dates are moved by ${number(shifted_days)} days; --keep-dates keeps them.`,
    `Left out: ${left.map(([reason, count]) => `${number(count)} ${reason.replaceAll('_', ' ')}`).join(', ') || 'nothing'}.`,
    ...(malformed.count === 0
      ? []
      : [`Not readable: ${number(malformed.count)} ${malformed.count === 1 ? 'line' : 'lines'}, as`]),
    ...malformed.examples.map(({ line, text }) => `  line ${line}: ${text}`),
    ...(rejected.count === 0 ? [] : [`Refused by the service: ${number(rejected.count)}, as`]),
    ...rejected.examples.map((reason) => `  ${reason}`),
  ].join('\n')
}
