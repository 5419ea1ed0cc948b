import { commonOptions, optionSpecs } from './options.ts'
import { type ActionSpec, commands, type CommandSpec } from './table.ts'

/** Help of the whole command line, or of one command, made of its table. */
export function helpOf(command: CommandSpec | undefined): string {
  if (command === undefined) return overview()
  const { actions, about, notes } = command
  const names = [...new Set([...actions.flatMap(({ options }) => options), ...commonOptions])]
  const rows = names.map((name): [string, string] => [`--${written(name)}`, optionSpecs[name]?.about ?? ''])
  return [about, '', ...actions.map((action) => `  ${usageOf(command, action)}`), '', 'Options:', ...columns(rows), ...(notes === undefined ? [] : ['', notes])].join('\n')
}

/** How one action of a command is written: `hk goals add NAME [--page PATTERN] … --site ID`. */
export function usageOf({ name }: CommandSpec, { action, words, options, required = [] }: ActionSpec): string {
  const written = options.map((option) => {
    const spec = optionSpecs[option]
    const text = `--${option}${spec?.value === undefined ? '' : ` ${spec.value}`}${spec?.many ? ' …' : ''}`
    return required.includes(option) || option === 'site' ? text : `[${text}]`
  })
  // A question has so many that they are listed below.
  const shown = written.length > 12 ? ['[OPTIONS]', '--site ID'] : written
  return ['hk', name, ...(action === undefined || action === 'list' ? [] : [action]), ...words, ...shown].join(' ')
}

function overview(): string {
  const rows = commands.map((command): [string, string] => [synopsis(command), command.about])
  const common = commonOptions.map((name): [string, string] => [`--${written(name)}`, optionSpecs[name]?.about ?? ''])
  return ['hk: sets up and feeds a running hk-live', '', ...columns(rows), '', ...columns(common), '', 'hk help COMMAND tells more of one.'].join('\n')
}

/** A command with its actions, in short: `hk goals [add NAME | remove ID] --site ID`. */
function synopsis({ name, actions }: CommandSpec): string {
  const [first] = actions
  const parts = actions.filter(({ action }) => action !== 'list').map(({ action, words }) => [action ?? '', ...words].join(' ').trim())
  const isOptional = first?.action === 'list'
  const body = isOptional ? `[${parts.join(' | ')}]` : parts.join(' | ')
  const needs = (first?.required ?? []).map((option) => `--${written(option)}`)
  const site = actions.every(({ options }) => options.includes('site')) ? ['--site ID'] : []
  return ['hk', name, ...(body === '' ? [] : [body]), ...needs, ...site].join(' ')
}

function written(option: string): string {
  const value = optionSpecs[option]?.value
  return value === undefined ? option : `${option} ${value}`
}

/** Two columns; where the first is too wide, the second stands on a line of its own. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const widths = rows.map(([left]) => left.length).filter((length) => length <= 50)
  const width = Math.max(0, ...widths)
  return rows.map(([left, right]) => (left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`))
}
