import { questionParameters } from '../reports/index.ts'

/** An option of the command line. */
export interface OptionSpec {
  /** What stands for its value in usages; without one it is a switch. */
  readonly value?: string
  /** Whether it may be given more than once. */
  readonly many?: true
  readonly about: string
}

/** Parameters of a report as options, but for that of caches. */
const ofReports = questionParameters.filter((name) => name !== 'v')

/** Options of every command. */
export const commonOptions = ['url', 'token', 'help'] as const

/** All options, by name. What one is called it is in every command. */
export const optionSpecs: Readonly<Record<string, OptionSpec>> = {
  ...Object.fromEntries(
    ofReports.map((name): [string, OptionSpec] => [name, { value: 'VALUE', about: `The parameter "${name}" of the report.` }]),
  ),
  filter: { value: 'FILTER', many: true, about: 'What is counted alone, as country:DE; may be given more than once.' },
  url: { value: 'URL', about: 'Where the service is; HK_URL, or this machine, where it is left out.' },
  token: { value: 'TOKEN', about: 'An API token; HK_TOKEN, or that of the service on this machine, where it is left out.' },
  help: { about: 'Shows this help.' },
  site: { value: 'ID', about: 'The site, by its id or domain; may be left out where there is only one.' },
  name: { value: 'NAME', about: 'Name of the site in lists; with export, of the event that is asked for.' },
  timezone: { value: 'ZONE', about: 'Time zone, as Europe/Berlin.' },
  currency: { value: 'CODE', about: 'Currency of amounts, as EUR.' },
  label: { value: 'LABEL', about: 'What it is called in lists.' },
  expires: { value: 'TIME', about: 'When it ends, as 2027-01-01T00:00:00Z.' },
  scopes: { value: 'SCOPES', about: 'What its token may do, as reports:read,ingest.' },
  page: { value: 'PATTERN', about: 'A page that reaches the goal, as /thanks*.' },
  event: { value: 'NAME', about: 'An event that reaches the goal.' },
  where: { value: 'PROPERTY=VALUE', many: true, about: 'Only events with this property; may be given more than once.' },
  value: { value: 'AMOUNT', about: 'What it is worth, in the currency of the site.' },
  step: { value: 'STEP', many: true, about: 'A step: page:/cart, event:pay or goal:NAME; given once for each.' },
  at: { value: 'TIME', about: 'When it was, as 2026-11-22T09:30:00Z; now where it is left out.' },
  address: { value: 'ADDRESS', about: 'An address, or a CIDR block.' },
  country: { value: 'CODE', about: 'A country by its code, as DE.' },
  agent: { value: 'TEXT', about: 'A text in the user agent.' },
  path: { value: 'PATTERN', about: 'A path, as /admin*.' },
  note: { value: 'TEXT', about: 'Why it is excluded.' },
  format: { value: 'FORMAT', about: 'The format; see the command.' },
  pattern: { value: 'PATTERN', about: 'How lines look, as the log_format of nginx.' },
  hostname: { value: 'HOST', about: 'Host of requests whose lines name none; the domain of the site where it is left out.' },
  'keep-dates': { about: 'Keeps dates as they are; else all are moved so that the newest is within the last day.' },
  'one-address': { about: 'Goes on where all requests of a log come from one address.' },
  follow: { about: 'Goes on with what is written later.' },
  pageviews: { about: 'Sends pages that people looked at too, for sites without the tracker.' },
  state: { value: 'FILE', about: 'Where it is kept how far logs have been read.' },
  out: { value: 'FILE', about: 'The file that is written.' },
}
