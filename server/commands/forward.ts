import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { forward, type Forwarded, openLog, openPlaces, surveyLog } from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { demandAddresses, describeUnreadable, readerOf } from './import-log.ts'
import { type Options, siteOf } from './manage.ts'

/** Milliseconds between two lines that say how far it is. */
const tellMs = 60_000

/**
 * `hk forward [--follow] FILE… --site ID`: the requests of AI agents in access logs, and with `--pageviews` the pages
 * that people looked at. Goes on where it stopped.
 */
export async function forwardLogs(api: Api, words: readonly string[], options: Options): Promise<string> {
  const files = [...new Set(words.map((word) => resolve(word)))]
  const follow = options.follow === true
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (found === undefined && !follow) throw new CommandError(`There is no file ${file}.`)
    if (found?.isDirectory()) throw new CommandError(`${file} is a folder. Name the logs in it.`)
    if (found?.isFile() === false) throw new CommandError(`${file} is no file. What comes through a pipe is for hk import-log -.`)
  }
  const reader = readerOf(options)
  if (options.pageviews === true && options['one-address'] !== true) {
    for (const file of files) if ((await stat(file).catch(() => undefined)) !== undefined) await lookAt(file, reader)
  }
  const site = await siteOf(api, options)
  const state = typeof options.state === 'string' ? options.state : join(api.dataDir, 'forward', `${site.id}.json`)
  const stop = new AbortController()
  const end = () => stop.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, end)
  let told = Date.now()
  try {
    if (follow) process.stderr.write(`Following ${files.length} ${files.length === 1 ? 'file' : 'files'} for ${site.domain}. Ctrl-C ends it.\n`)
    const sent = await forward({
      files,
      site: site.id,
      hostname: typeof options.hostname === 'string' ? options.hostname : site.domain,
      pageviews: options.pageviews === true,
      follow,
      signal: stop.signal,
      reader,
      places: await openPlaces(resolve(state)),
      post: (route, body) => api.ask('POST', `/api/sites/${site.id}/${route}`, body),
      onProgress(sent) {
        if (Date.now() - told < tellMs) return
        told = Date.now()
        process.stderr.write(`${count(sent)}\n`)
      },
    })
    const said = describe(sent, options.pageviews === true)
    if (sent.damaged.length > 0) throw new CommandError([said, ...sent.damaged].join('\n'))
    return said
  } finally {
    for (const signal of signals) process.off(signal, end)
  }
}

/** Sees that a log has the addresses of its visitors before what they looked at is sent. */
async function lookAt(file: string, reader: ReturnType<typeof readerOf>): Promise<void> {
  await using log = await openLog(file)
  await demandAddresses([await surveyLog(log, reader(), false)])
}

const number = (value: number) => value.toLocaleString('en')

function count({ lines, ai_fetches, pageviews }: Forwarded): string {
  const views = pageviews > 0 ? `, ${number(pageviews)} pageviews of people` : ''
  return `${number(lines)} lines: ${number(ai_fetches)} requests of AI agents${views}.`
}

function describe(sent: Forwarded, views: boolean): string {
  const { lines, malformed, left_out, rejected } = sent
  const left = Object.entries(left_out)
    .filter(([reason]) => reason !== 'page')
    .sort(([, a], [, b]) => b - a)
  const pages = views ? 0 : (left_out.page ?? 0)
  return [
    lines === 0 ? 'Nothing new.' : count(sent),
    ...(pages === 0 ? [] : [`${number(pages)} pages of people were left to the tracker; --pageviews sends them.`]),
    ...(left.length === 0 ? [] : [`Left out: ${left.map(([reason, n]) => `${number(n)} ${reason.replaceAll('_', ' ')}`).join(', ')}.`]),
    ...(malformed.count === 0 ? [] : [`Not readable: ${number(malformed.count)}. Another --format or a --pattern may fit.`, ...describeUnreadable(malformed, true).slice(1)]),
    ...(rejected.count === 0 ? [] : [`Refused by the service: ${number(rejected.count)}, as`]),
    ...rejected.examples.map((reason) => `  ${reason}`),
  ].join('\n')
}
