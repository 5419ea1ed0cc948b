import { importSources, opportunityStatuses } from '@hk-live/sdk/protocol'
import { formats } from '../exports/index.ts'
import { formatNames } from '../logs/index.ts'
import { annotations } from './annotations.ts'
import type { Api } from './api.ts'
import { exclusions } from './exclusions.ts'
import { exportOptions, exportReport } from './export.ts'
import { forwardLogs } from './forward.ts'
import { funnels } from './funnels.ts'
import { goals } from './goals.ts'
import { importData, imports } from './import.ts'
import { importAccessLog } from './import-log.ts'
import { clients, type Options, shares, sites, stream } from './manage.ts'
import { opportunities } from './opportunities.ts'
import { status } from './status.ts'
import { takeOut } from './takeout.ts'

/** What a command may be told to do. */
export interface ActionSpec {
  /** The word that asks for it; without one it is what the command does. */
  readonly action?: string
  /** Names of the words that follow; the last may end with `…`, for one or more. */
  readonly words: readonly string[]
  /** Options beside those of every command. */
  readonly options: readonly string[]
  /** Those of them without which it can't be done. */
  readonly required?: readonly string[]
}

/** A command of the command line. */
export interface CommandSpec {
  readonly name: string
  readonly about: string
  /** The first is done where no action is named. */
  readonly actions: readonly ActionSpec[]
  /** What is to be said beside, in help. */
  readonly notes?: string
  readonly run: (api: Api, words: readonly string[], options: Options) => Promise<string>
}

const list: ActionSpec = { action: 'list', words: [], options: ['site'] }
const remove: ActionSpec = { action: 'remove', words: ['ID'], options: ['site'] }
const add = (words: readonly string[], options: readonly string[], required: readonly string[] = []): ActionSpec => ({
  action: 'add',
  words,
  options: [...options, 'site'],
  required,
})
const logOptions = ['format', 'pattern', 'hostname', 'one-address', 'site']
const logNotes =
  `FORMAT is one of ${formatNames.join(', ')}; auto reads each line by the one that fits it, also out of Docker's JSON and after ` +
  'a head of syslog. A file may be packed by gzip or zstd. Dates without a zone are in UTC.'

/** Every command, in the order of the help. What a command takes stands here alone. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'sites',
    about: 'Sites.',
    actions: [
      { ...list, options: [] },
      { action: 'add', words: ['DOMAIN'], options: ['name', 'timezone', 'currency'] },
      { ...remove, options: [] },
    ],
    run: sites,
  },
  { name: 'shares', about: 'Share links.', actions: [list, add([], ['label', 'expires']), remove], run: shares },
  {
    name: 'clients',
    about: 'API clients.',
    actions: [
      { ...list, options: [] },
      add([], ['scopes', 'label', 'expires'], ['scopes']),
      { ...remove, options: [] },
    ],
    run: clients,
  },
  { name: 'goals', about: 'Conversions: pages and events.', actions: [list, add(['NAME'], ['page', 'event', 'where', 'value']), remove], run: goals },
  { name: 'funnels', about: 'Steps that are done in turn.', actions: [list, add(['NAME'], ['step'], ['step']), remove], run: funnels },
  { name: 'annotations', about: 'What happened.', actions: [list, add(['TEXT'], ['at']), remove], run: annotations },
  {
    name: 'exclusions',
    about: 'What is not counted.',
    actions: [list, add([], ['address', 'country', 'agent', 'path', 'note']), remove],
    run: exclusions,
  },
  { name: 'status', about: 'Whether a site is being tracked, and what was not stored.', actions: [{ words: [], options: ['site'] }], run: status },
  {
    name: 'import-log',
    about: 'Pageviews of people and requests of AI agents, from access logs.',
    actions: [{ words: ['FILE…'], options: ['keep-dates', 'label', ...logOptions] }],
    notes: `${logNotes} "-" is the standard input. Several files are one import; hk imports lists it, and takes it back.`,
    run: importAccessLog,
  },
  {
    name: 'forward',
    about: 'Requests of AI agents in access logs, going on where it stopped.',
    actions: [{ words: ['FILE…'], options: ['follow', 'pageviews', 'state', ...logOptions] }],
    notes: logNotes,
    run: forwardLogs,
  },
  {
    name: 'import',
    about: 'Data of another system, or a takeout.',
    actions: [{ words: [importSources.join('|'), 'FILE…'], options: ['label', 'timezone', 'site'] }],
    notes: 'The time zone is that of times that do not say theirs.',
    run: importData,
  },
  {
    name: 'imports',
    about: 'What was imported, and how to take it back.',
    actions: [list, { action: 'undo', words: ['ID'], options: ['site'] }],
    run: imports,
  },
  {
    name: 'takeout',
    about: 'All of a site as one file, packed where its name ends with .gz.',
    actions: [{ words: [], options: ['out', 'site'], required: ['out'] }],
    run: takeOut,
  },
  {
    name: 'opportunities',
    about: 'What the site could do better.',
    actions: [
      list,
      { action: 'run', words: [], options: ['site'] },
      ...opportunityStatuses
        .filter((one) => one !== 'resolved')
        .map((action) => ({ action, words: ['ID'], options: ['site'] })),
    ],
    run: opportunities,
  },
  {
    name: 'export',
    about: 'A report as a file, or to the standard output.',
    actions: [{ words: ['REPORT'], options: [...exportOptions.filter((name) => name !== 'format' && name !== 'site'), 'format', 'out', 'site'] }],
    notes: `FORMAT is one of ${formats.join(', ')}.`,
    run: exportReport,
  },
  {
    name: 'stream',
    about: 'After a restored backup: readers load anew.',
    actions: [{ action: 'new-epoch', words: [], options: ['site'] }],
    run: stream,
  },
]
