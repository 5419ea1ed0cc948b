#!/usr/bin/env bun
import process from 'node:process'
import { HkError } from '@hk-live/sdk/protocol'
import { CommandError, helpOf, openApi, readArguments, UsageError } from './commands/index.ts'
import { ConfigError, readCommandConfig } from './config.ts'

/**
 * Runs one command and returns what it has to say.
 *
 * @throws {CommandError | ConfigError | HkError} with a sentence to act on
 */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const asked = readArguments(args)
  if ('help' in asked) return helpOf(asked.help)
  const { command, words, options } = asked
  const config = readCommandConfig(environment)
  const url = typeof options.url === 'string' ? options.url.replace(/\/$/, '') : config.url
  const token = typeof options.token === 'string' ? options.token : config.token
  return command.run(await openApi({ ...config, url, token }), words, options)
}

async function main(): Promise<void> {
  try {
    const said = await runCommand(process.argv.slice(2), process.env)
    if (said !== '') console.log(said)
  } catch (error) {
    const isPlain = error instanceof CommandError || error instanceof ConfigError || error instanceof HkError
    console.error(isPlain ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}

if (import.meta.main) await main()
