import process from 'node:process'
import { ConfigError, readConfig } from './config.ts'
import { createLog } from './log.ts'
import { ListenError } from './runtime.ts'
import { startService } from './service.ts'
import { StoreError } from './store/index.ts'

/** Whether an error is for the operator to read: a sentence that says what to do. */
function isForOperator(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof StoreError || error instanceof ListenError
}

/** Ends the process with the sentence of an error, or with all of it where it is ours. */
export function leave(error: unknown): never {
  console.error(isForOperator(error) ? error.message : error)
  process.exit(1)
}

/**
 * Closes what is open, or still being opened, when the process is asked to end: Ctrl-C, a service
 * manager, a closed terminal.
 */
export function closeOnSignal(opening: Promise<AsyncDisposable>): void {
  let closing = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (closing) return
      closing = true
      opening.then((open) => open[Symbol.asyncDispose]()).then(() => process.exit(0), leave)
    })
  }
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const starting = startService(config, createLog(config.log))
  closeOnSignal(starting)
  const service = await starting
  console.log(`hk-live listens on ${service.url}`)
  if (service.madeToken !== undefined) {
    console.log(`Admin token, shown this once: ${service.madeToken}`)
  }
}

if (import.meta.main) await main().catch(leave)
