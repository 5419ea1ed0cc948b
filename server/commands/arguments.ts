import { parseArgs } from 'node:util'
import { closest, distance } from 'fastest-levenshtein'
import { CommandError } from './api.ts'
import { usageOf } from './help.ts'
import type { Options } from './manage.ts'
import { commonOptions, optionSpecs } from './options.ts'
import { type ActionSpec, commands, type CommandSpec } from './table.ts'

/** A line of words that is none of what commands take; the message says which word, and what is taken. */
export class UsageError extends CommandError {}

/** What a line of words asks for. */
export type Asked =
  | { readonly help: CommandSpec | undefined }
  | { readonly command: CommandSpec; readonly words: readonly string[]; readonly options: Options }

/** A word of the line, as `parseArgs` tells of it. */
interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

const types = Object.fromEntries(
  Object.entries(optionSpecs).map(([name, { value }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(name === 'help' && { short: 'h' }) }]),
)

/**
 * Reads the words after `hk`.
 *
 * @throws {UsageError} for an unknown command, action or option, too many or too few words, a value that is missing, or
 *   one where none is taken
 */
export function readArguments(args: readonly string[]): Asked {
  const { tokens } = parseArgs({ args: [...args], options: types, strict: false, tokens: true, allowPositionals: true })
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const given = tokens.filter((token) => token.kind === 'option')
  const isHelp = positionals[0] === 'help' || given.some(({ name }) => name === 'help')
  const [name, ...words] = positionals[0] === 'help' ? positionals.slice(1) : positionals
  if (name === undefined) {
    const [unknown] = given.filter((option) => !Object.hasOwn(optionSpecs, option.name))
    if (unknown !== undefined) throw new UsageError(`There is no option ${unknown.rawName}.${nearest(unknown.rawName, commonOptions.map((option) => `--${option}`))} See hk help.`)
    return { help: undefined }
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    const names = commands.map((one) => one.name)
    throw new UsageError(`There is no command "${name}".${nearest(name, names)} There are ${names.join(', ')}; hk help tells more.`)
  }
  if (isHelp) return { help: command }
  const known = new Set([...command.actions.flatMap((one) => one.options), ...commonOptions])
  const [first] = command.actions
  const foreign = given.find((option) => !known.has(option.name))
  // What follows it may be its value, and no word of the command.
  if (foreign !== undefined && first !== undefined) {
    throw unknownOption(command, command.actions.find((one) => one.action === words[0]) ?? first, foreign)
  }
  const action = actionOf(command, words)
  const options = optionsOf(command, action, given)
  demandWords(command, action, action.action === undefined || words.length === 0 ? words : words.slice(1))
  for (const option of action.required ?? []) {
    if (options[option] === undefined) throw usage(`${spoken(command, action)} needs --${option}.`, command, action)
  }
  return { command, words, options }
}

function actionOf(command: CommandSpec, [word]: readonly string[]): ActionSpec {
  const [first] = command.actions
  const found = command.actions.find(({ action }) => action === undefined || action === word)
  if (found !== undefined) return found
  if (word === undefined && first?.action === 'list') return first
  const known = command.actions.flatMap(({ action }) => action ?? [])
  const usages = command.actions.map((action) => usageOf(command, action)).join('\n       ')
  const what = word === undefined ? `hk ${command.name} needs to be told what to do.` : `hk ${command.name} has no "${word}".${nearest(word, known)}`
  throw new UsageError(`${what}\nUsage: ${usages}`)
}

function demandWords(command: CommandSpec, action: ActionSpec, words: readonly string[]): void {
  const isOpen = action.words.at(-1)?.endsWith('…') ?? false
  const missing = action.words[words.length]
  if (missing !== undefined) throw usage(`${spoken(command, action)} needs ${missing.replace('…', '')}.`, command, action)
  const more = words[action.words.length]
  if (more !== undefined && !isOpen) {
    const takes = action.words.length === 0 ? 'takes no further word' : `takes ${action.words.join(' ')} and no more (a text with blanks goes between quotes)`
    throw usage(`${spoken(command, action)} ${takes}, so "${more}" is one too many.`, command, action)
  }
}

function optionsOf(command: CommandSpec, action: ActionSpec, given: readonly OptionToken[]): Options {
  const known = [...action.options, ...commonOptions]
  const options: Record<string, string | true | string[]> = {}
  for (const { name, rawName, value, inlineValue } of given) {
    const spec = known.includes(name) ? optionSpecs[name] : undefined
    if (spec === undefined) throw unknownOption(command, action, { rawName })
    if (spec.value === undefined) {
      if (inlineValue === true) throw usage(`--${name} takes no value, and was given "${value ?? ''}".`, command, action)
      options[name] = true
      continue
    }
    const isOption = inlineValue === false && value !== undefined && /^-./.test(value)
    if (value === undefined || value === '' || isOption) {
      const hint = isOption ? `, and "${value}" follows; a value that begins so is written --${name}=${value}` : ''
      throw usage(`--${name} needs a value: --${name} ${spec.value}${hint}.`, command, action)
    }
    const before = options[name]
    if (before !== undefined && !spec.many) throw usage(`--${name} may be given once.`, command, action)
    options[name] = spec.many ? [...(Array.isArray(before) ? before : []), value] : value
  }
  return options
}

function unknownOption(command: CommandSpec, action: ActionSpec, { rawName }: Pick<OptionToken, 'rawName'>): UsageError {
  const takes = [...action.options, ...commonOptions].map((option) => `--${option}`)
  return usage(`${spoken(command, action)} has no option ${rawName}.${nearest(rawName, takes)} It takes ${takes.join(', ')}.`, command, action)
}

function spoken({ name }: CommandSpec, { action }: ActionSpec): string {
  return action === undefined || action === 'list' ? `hk ${name}` : `hk ${name} ${action}`
}

function usage(message: string, command: CommandSpec, action: ActionSpec): UsageError {
  return new UsageError(`${message}\nUsage: ${usageOf(command, action)}`)
}

/** The known word that a word is most like, as a question; nothing where none is like it. */
function nearest(word: string, known: readonly string[]): string {
  const best = closest(word.slice(0, 60), [...known])
  return distance(word.slice(0, 60), best) <= Math.max(2, Math.floor(best.length / 3)) ? ` Did you mean ${best}?` : ''
}
