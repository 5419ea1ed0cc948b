import { resolve } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import {
  formatNames,
  hasOneAddress,
  importLog,
  type ImportSummary,
  type LogSource,
  openLog,
  type Post,
  readerFor,
  showProgress,
  type Survey,
  type Terminal,
  type UnreadableReason,
} from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { patient } from './import.ts'
import { type Options, siteOf } from './manage.ts'

/** How lines are read, by `--format` and `--pattern`. */
export function readerOf({ format, pattern }: Options): ReturnType<typeof readerFor> {
  return readerFor(typeof format === 'string' ? format : 'auto', typeof pattern === 'string' ? pattern : undefined)
}

/** What a command writes progress to, and how it asks a person; a test takes its own. */
export interface LogTools {
  readonly terminal: Terminal
  /** The answer to a question of yes or no; `undefined` where nobody is there to ask. */
  readonly ask: (question: string) => Promise<boolean | undefined>
}

const defaultTools: LogTools = { terminal: process.stderr, ask: askOnTerminal }

/**
 * `hk import-log FILE… --site ID [--format auto] [--pattern P] [--keep-dates] [--hostname H] [--one-address]`: pageviews of
 * people and requests of AI agents, from access logs. Several are one import.
 */
export async function importAccessLog(
  api: Api,
  words: readonly string[],
  options: Options,
  { terminal, ask }: LogTools = defaultTools,
): Promise<string> {
  const reader = readerOf(options)
  await using stack = new AsyncDisposableStack()
  const files: LogSource[] = []
  // A file that is named twice is read once.
  const paths = new Map(words.map((word) => [word === '-' ? word : resolve(word), word]))
  for (const path of paths.values()) files.push(stack.use(await openLog(path)))
  const site = await siteOf(api, options)
  const size = files.reduce((sum, file) => sum + (file.size ?? Number.NaN), 0)
  const label = typeof options.label === 'string' ? options.label : words.join(', ')
  const batches = openImport(api, site.id, label.length > 200 ? `${label.slice(0, 199)}…` : label)
  let surveys: readonly Survey[] = []
  const summary = await importLog({
    files,
    site: site.id,
    hostname: typeof options.hostname === 'string' ? options.hostname : site.domain,
    reader,
    keepDates: options['keep-dates'] === true,
    post: batches.post,
    async review(found) {
      surveys = found
      demandRequests(found)
      if (options['one-address'] !== true) await demandAddresses(found, ask)
    },
    onProgress: showProgress(terminal, Number.isNaN(size) ? undefined : size),
  })
  const id = await batches.end({ ...summary.left_out, ...summary.malformed.reasons })
  const said = describe(summary, id, surveys)
  if (summary.damaged.length > 0) throw new CommandError([said, ...summary.damaged].join('\n'))
  return said
}

/** Begins an import with the first batch that is sent, so that none is left behind where nothing is. */
function openImport(api: Api, site: string, label: string): { post: Post; end(leftOut: object): Promise<string | undefined> } {
  const base = `/api/sites/${site}`
  let id: string | undefined
  return {
    async post(route, body) {
      id ??= (await api.ask<{ id: string }>('POST', `${base}/imports/logs`, { label })).id
      return api.ask('POST', `${base}/${route}?import=${id}`, body)
    },
    async end(leftOut) {
      if (id === undefined) return undefined
      const { rows } = await patient(() => api.ask<{ rows: number }>('POST', `${base}/imports/logs/${id}/end`, { left_out: leftOut }))
      return rows === 0 ? undefined : id
    },
  }
}

const reasons: Readonly<Record<UnreadableReason, string>> = {
  format: 'is of no known format',
  host_name: 'has the name of a host in place of its address (HostnameLookups On); without addresses, visitors can\'t be told apart',
  address: 'has no address where that of the visitor is expected',
  no_address: 'is a page that a person looked at, without an address',
  too_long: 'is too long',
  binary: 'holds bytes that are no text',
}

/** Why no line of a log can be read, and what to do. */
function unreadableLog({ name, unreadable }: Survey): string {
  const { reason, text } = unreadable ?? { reason: 'format' as const, text: '' }
  return (
    `No line of ${name} can be read. The first ${reasons[reason]}:\n  ${text}\n` +
    `Formats are ${formatNames.join(', ')}; name one by --format, or say how lines look by --pattern.`
  )
}

function demandRequests(surveys: readonly Survey[]): void {
  const unread = surveys.filter(({ lines, requests }) => lines > 0 && requests === 0)
  if (unread.length > 0 && surveys.every(({ requests }) => requests === 0)) {
    throw new CommandError(unread.map(unreadableLog).join('\n'))
  }
}

/**
 * Asks about logs whose people all come from one address; without anybody to ask, refuses them.
 *
 * @throws {CommandError} that says what to do
 */
export async function demandAddresses(surveys: readonly Survey[], ask: LogTools['ask'] = defaultTools.ask): Promise<void> {
  for (const survey of surveys.filter(hasOneAddress)) {
    const found =
      `All pageviews of ${survey.name} come from the one address ${survey.address}, as behind a proxy that does not pass on ` +
      'those of visitors: all of them would be counted as one visitor for each browser and day.'
    const answer = await ask(`${found} Go on all the same?`)
    if (answer === true) continue
    const advice =
      'Log the address of the visitor (with nginx by set_real_ip_from and real_ip_header, with Apache by mod_remoteip, or the ' +
      'header X-Forwarded-For in the log and a --pattern), or go on all the same by --one-address.'
    throw new CommandError(answer === false ? `Nothing was imported. ${advice}` : `${found} Nothing was imported. ${advice}`)
  }
}

async function askOnTerminal(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

const withoutAgents =
  'The log has no user agents, by which people are told from programs. Have them logged: with nginx and Apache by the format ' +
  '"combined", with Traefik by accesslog.fields.headers.names.User-Agent=keep, with HAProxy by "capture request header ' +
  'User-Agent len 300" (and Referer, Host).'

function describe(summary: ImportSummary, id: string | undefined, surveys: readonly Survey[]): string {
  const { lines, pageviews, ai_fetches, left_out, rejected, shifted_days } = summary
  const number = (value: number) => value.toLocaleString('en')
  const counted = (value: number, unit: string) => `${number(value)} ${unit}${value === 1 ? '' : 's'}`
  const left = Object.entries(left_out).sort(([, a], [, b]) => b - a)
  const empty = surveys.filter((survey) => survey.lines === 0).map(({ name }) => `${name} has no lines.`)
  const unread = surveys.filter((survey) => survey.lines > 0 && survey.requests === 0).map(unreadableLog)
  return [
    `${counted(lines, 'line')}: ${counted(pageviews, 'pageview')} of people, ${counted(ai_fetches, 'request')} of AI agents.`,
    'What the site had already is not stored twice.',
    ...(id === undefined ? [] : [`This is the import ${id}; hk imports undo ${id} takes it back.`]),
    shifted_days === 0
      ? 'Dates are kept.'
      : `Dates are moved by ${counted(shifted_days, 'day')}; --keep-dates keeps them.`,
    `Left out: ${left.map(([reason, count]) => `${number(count)} ${reason.replaceAll('_', ' ')}`).join(', ') || 'nothing'}.`,
    ...(pageviews === 0 && (left_out.no_agent ?? 0) > lines / 2 ? [withoutAgents] : []),
    ...describeUnreadable(summary.malformed, surveys.length > 1),
    ...(rejected.count === 0 ? [] : [`Refused by the service: ${number(rejected.count)}, as`]),
    ...rejected.examples.map((reason) => `  ${reason}`),
    ...empty,
    ...unread,
  ].join('\n')
}

/** Lines that can't be read: how many, why, and some of them. */
export function describeUnreadable({ count, reasons: counts, examples }: ImportSummary['malformed'], isMany: boolean): string[] {
  if (count === 0) return []
  const why = Object.entries(reasons).flatMap(([reason, text]) => {
    const found = Object.entries(counts).find(([name]) => name === reason)?.[1] ?? 0
    return found === 0 || reason === 'format' ? [] : [`  ${found.toLocaleString('en')}: the line ${text}`]
  })
  return [
    `Not readable: ${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}, as`,
    ...examples.map(({ file, line, text }) => `  ${[...(isMany ? [file] : []), ...(line === undefined ? [] : [`line ${line}`])].join(', ')}: ${text}`),
    ...why,
  ]
}
