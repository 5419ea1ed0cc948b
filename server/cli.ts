#!/usr/bin/env bun
import process from 'node:process'
import { parseArgs } from 'node:util'
import { HkError } from '@hk-live/sdk/protocol'
import {
  annotations,
  type Api,
  clients,
  CommandError,
  exclusionOptions,
  exclusions,
  exportOptions,
  exportReport,
  forwardLogs,
  funnels,
  goals,
  importAccessLog,
  importData,
  imports,
  openApi,
  opportunities,
  type Options,
  shares,
  sites,
  status,
  stream,
  takeOut,
} from './commands/index.ts'
import { ConfigError, readCommandConfig } from './config.ts'

const usage = `hk: sets up and feeds a running hk-live

  hk sites [add DOMAIN | remove ID]              sites, with --name --timezone --currency
  hk shares [add | remove ID] --site ID          share links, with --label --expires
  hk clients [add | remove ID]                   API clients, with --scopes --label --site --expires
  hk goals [add NAME | remove ID] --site ID      conversions, with --page or --event, --where --value
  hk funnels [add NAME | remove ID] --site ID    steps done in turn, with --step page:/cart --step event:pay …
  hk annotations [add TEXT | remove ID] --site ID   what happened, with --at
  hk exclusions [add | remove ID] --site ID      what is not counted, with --address, --country, --agent or --path
  hk status --site ID                            whether a site is being tracked, and what was not stored
  hk import-log FILE --site ID                   an access log, with --keep-dates --pattern --hostname and
                                                 --format auto|combined|caddy|cloudfront
  hk forward FILE… --site ID                     requests of AI agents in access logs, going on where it stopped, with
                                                 --follow --pageviews --pattern --hostname --state
  hk import SOURCE FILE… --site ID               data of plausible, umami, ga4, matomo or a takeout, with --label --timezone
  hk imports [undo ID] --site ID                 what was imported, and how to take it back
  hk takeout --site ID --out FILE                all of a site as one file, packed where its name ends with .gz
  hk opportunities [run | STATUS ID] --site ID   what the site could do better; saved, done, dismissed or new
  hk export REPORT --site ID                     a report as a file, with --format csv|json|ndjson|xlsx --out FILE
                                                 and what is asked: --range --filter --by --interval --compare …
  hk stream new-epoch --site ID                  after a restored backup: readers load anew

  --url URL, HK_URL          where the service is (this machine by default)
  --token TOKEN, HK_TOKEN    an API token (that of the service on this machine by default)`

type Command = (api: Api, words: readonly string[], options: Options) => Promise<string>

const commands: Readonly<Record<string, Command>> = {
  sites,
  shares,
  clients,
  goals,
  funnels,
  annotations,
  exclusions,
  status,
  stream,
  opportunities,
  export: exportReport,
  forward: forwardLogs,
  'import-log': importAccessLog,
  import: importData,
  imports,
  takeout: takeOut,
}

/**
 * Runs one command and returns what it has to say.
 *
 * @throws {CommandError | ConfigError | HkError | TypeError} with a sentence to act on
 */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(exportOptions.map((option) => [option, option === 'filter' ? texts : text])),
      ...Object.fromEntries(exclusionOptions.map((option) => [option, text])),
      path: text,
      help: { type: 'boolean', short: 'h' },
      'keep-dates': { type: 'boolean' },
      follow: { type: 'boolean' },
      pageviews: { type: 'boolean' },
      pattern: text,
      state: text,
      url: text,
      token: text,
      site: text,
      name: text,
      timezone: text,
      currency: text,
      label: text,
      expires: text,
      scopes: text,
      format: text,
      hostname: text,
      page: text,
      event: text,
      where: texts,
      value: text,
      step: texts,
      at: text,
      out: text,
    },
  })
  const [name, ...words] = positionals
  if (values.help === true || name === undefined) return usage
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new CommandError(`There is no command "${name}".\n\n${usage}`)
  const config = readCommandConfig(environment)
  const url = values.url?.replace(/\/$/, '') ?? config.url
  return command(await openApi({ ...config, url, token: values.token ?? config.token }), words, values)
}

async function main(): Promise<void> {
  try {
    const said = await runCommand(process.argv.slice(2), process.env)
    if (said !== '') console.log(said)
  } catch (error) {
    const isPlain = error instanceof CommandError || error instanceof ConfigError || error instanceof HkError
    // parseArgs says in plain words which option it does not know.
    console.error(isPlain || error instanceof TypeError ? error.message : error)
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
