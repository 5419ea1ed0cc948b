import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import process from 'node:process'
import { importLog, type ImportSummary, isPacked, readerFor, showProgress } from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { type Options, siteOf } from './manage.ts'

/** How lines are read, by `--format` and `--pattern`. */
export function readerOf({ format, pattern }: Options): ReturnType<typeof readerFor> {
  return readerFor(typeof format === 'string' ? format : 'auto', typeof pattern === 'string' ? pattern : undefined)
}

/**
 * `hk import-log FILE --site ID [--format auto] [--pattern P] [--keep-dates] [--hostname H]`: pageviews of people
 * and requests of AI agents, from an access log.
 */
export async function importAccessLog(
  api: Api,
  [file]: readonly string[],
  options: Options,
): Promise<string> {
  if (file === undefined)
    throw new CommandError('Usage: hk import-log FILE --site ID [--format FORMAT | --pattern PATTERN] [--keep-dates]')
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw new CommandError(`There is no file ${file}.`)
  if (!found.isFile()) throw new CommandError(`${file} is a folder. Name one log in it.`)
  if (await isPacked(file)) throw new CommandError(`${file} is packed. Unpack it first: gzip -dk ${file}`)
  const site = await siteOf(api, options)
  const summary = await importLog({
    source: () => createReadStream(file),
    site: site.id,
    hostname: typeof options.hostname === 'string' ? options.hostname : site.domain,
    reader: readerOf(options),
    keepDates: options['keep-dates'] === true,
    post: (route, body) => api.ask('POST', `/api/sites/${site.id}/${route}`, body),
    onProgress: showProgress(process.stderr, found.size),
  })
  return describe(summary)
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
