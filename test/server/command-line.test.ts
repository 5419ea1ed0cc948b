/** What the command line takes, for every command of its table: nothing here needs a service. */
import { describe, expect, test } from 'bun:test'
import { runCommand } from '../../server/cli.ts'
import { commands, readArguments, UsageError } from '../../server/commands/index.ts'
import { optionSpecs } from '../../server/commands/options.ts'
import { spawn } from '../support/process.ts'

const failure = (...words: string[]): string => {
  try {
    readArguments(words)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return ''
}

/** Each command with each of its actions, and words that make it whole. */
const calls = commands.flatMap((command) =>
  command.actions.map((action) => {
    const words = action.words.map((word) => word.replace('…', '').split('|')[0] ?? '')
    const required = (action.required ?? []).flatMap((option) => [`--${option}`, 'x'])
    const call = [command.name, ...(action.action === undefined ? [] : [action.action]), ...words]
    return { name: call.join(' '), command, action, call, required }
  }),
)

describe.each(calls)('hk $name', ({ command, action, call, required }) => {
  const isOpen = action.words.at(-1)?.endsWith('…') ?? false

  test('is taken as its usage has it, with each of its options', () => {
    expect(readArguments([...call, ...required])).toMatchObject({ command: { name: command.name } })
    for (const option of action.options.filter((one) => !required.includes(`--${one}`))) {
      const given = optionSpecs[option]?.value === undefined ? [`--${option}`] : [`--${option}`, 'x']
      const asked = readArguments([...given, ...call, ...required])
      expect('options' in asked && asked.options[option]).toEqual(optionSpecs[option]?.value === undefined ? true : optionSpecs[option]?.many ? ['x'] : 'x')
    }
  })

  test('refuses an option that it does not know, and names those that it does', () => {
    const message = failure(...call, ...required, '--nonsense', 'x')
    expect(message).toContain('has no option --nonsense.')
    for (const option of action.options) expect(message).toContain(`--${option}`)
    expect(message).toContain(`Usage: hk ${command.name}`)
    // What another command takes is none of this one's.
    for (const option of Object.keys(optionSpecs).filter((one) => !['url', 'token', 'help', ...action.options].includes(one))) {
      expect(failure(...call, ...required, `--${option}`)).toContain(`has no option --${option}.`)
    }
  })

  test('refuses a word too many and one too few', () => {
    if (!isOpen) expect(failure(...call, 'more', ...required)).toContain('"more"')
    if (action.words.length > 0) expect(failure(...call.slice(0, -1), ...required)).toContain('needs')
    for (const option of action.required ?? []) expect(failure(...call)).toContain(`needs --${option}`)
  })

  test('refuses an option without its value, or with one that it takes none of', () => {
    for (const option of ['url', ...action.options]) {
      const spec = optionSpecs[option]
      if (spec?.value === undefined) {
        expect(failure(...call, `--${option}=yes`)).toContain(`--${option} takes no value`)
        continue
      }
      expect(failure(...call, `--${option}`)).toContain(`--${option} needs a value: --${option} ${spec.value}`)
      expect(failure(...call, `--${option}`, '--token', 'x')).toContain(`--${option} needs a value`)
      expect(failure(...call, `--${option}=`)).toContain(`--${option} needs a value`)
      if (!spec.many) expect(failure(...call, `--${option}`, 'a', `--${option}`, 'b')).toContain(`--${option} may be given once`)
    }
  })
})

describe('help', () => {
  test.each(commands.map(({ name }) => name))('of %s is the same, however it is asked for', async (name) => {
    const said = await runCommand(['help', name], {})
    expect(said).toContain(`hk ${name}`)
    for (const words of [[name, '--help'], [name, '-h'], ['--help', name], [name, 'whatever', '--help', '--nonsense']]) expect(await runCommand(words, {})).toBe(said)
  })

  test('of all names each command and goes with each option', async () => {
    const said = await runCommand([], {})
    for (const words of [['help'], ['--help'], ['-h']]) expect(await runCommand(words, {})).toBe(said)
    for (const { name } of commands) expect(said).toContain(`hk ${name}`)
    const taken = new Set(commands.flatMap(({ actions }) => actions.flatMap(({ options }) => options)))
    expect(Object.keys(optionSpecs).filter((name) => !taken.has(name)).sort()).toEqual(['help', 'token', 'url'])
  })
})

test.each([
  [['import-logs', 'a.log'], 'There is no command "import-logs". Did you mean import-log?'],
  [['gaols'], 'Did you mean goals?'],
  [['xyzzyxyzzy'], 'There is no command "xyzzyxyzzy". There are sites, '],
  [['help', 'frobnicate'], 'There is no command "frobnicate".'],
  [['import-log', 'a.log', '--hosname', 'x'], 'Did you mean --hostname?'],
  [['goals', 'ad', 'x'], 'hk goals has no "ad". Did you mean add?'],
  [['--hlep'], 'There is no option --hlep. Did you mean --help?'],
  [['goals', 'add', 'A', '--page', '/', '--value', '-5'], 'a value that begins so is written --value=-5'],
  [['annotations', 'add', 'Version', '2'], 'a text with blanks goes between quotes'],
  [['constructor'], 'There is no command'],
  [['goals', '-x'], 'has no option -x'],
  [['goals', '--constructor', 'x'], 'has no option --constructor'],
])('%j is refused with what may have been meant', (words, message) => {
  expect(failure(...words)).toContain(message)
})

test('a value may begin with a dash where it is written with the option, and a word after "--"', () => {
  expect(readArguments(['goals', 'add', 'A', '--page', '/', '--value=-5'])).toMatchObject({ options: { value: '-5' } })
  expect(readArguments(['annotations', 'add', '--', '--help'])).toMatchObject({ words: ['add', '--help'] })
  expect(readArguments(['import-log', '-'])).toMatchObject({ words: ['-'] })
})

test.each([
  [['help'], 0, 'stdout'],
  [['--help'], 0, 'stdout'],
  [['goals', '-h'], 0, 'stdout'],
  [['frobnicate'], 2, 'stderr'],
  [['goals', '--frob'], 2, 'stderr'],
])('hk %j ends with %i and speaks to %s', async (words, code, stream) => {
  const child = Bun.spawn([process.execPath, 'server/cli.ts', ...words], { stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect([await child.exited, out !== '', err !== '']).toEqual([code, stream === 'stdout', stream === 'stderr'])
})

test('says the same on Deno', async () => {
  const deno = spawn(['node_modules/.bin/deno', 'run', '-A', 'server/cli.ts', 'import-log', 'a.log', '--hosname', 'x'])
  expect(await deno.exited).toBe(2)
  expect(deno.output()).toContain('Did you mean --hostname?')
}, 60_000)
