import process from 'node:process'
import { ConfigError, readConfig } from './config.ts'
import { createLog } from './log.ts'
import { ListenError } from './runtime.ts'
import { startService } from './service.ts'
import { isTransient, StoreError } from './store/index.ts'

/** Whether an error is for the operator to read: a sentence that says what to do. */
function isForOperator(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof StoreError || error instanceof ListenError
}

/** Ends the process with the sentence of an error, or with all of it where it is ours. */
export function leave(error: unknown): never {
  console.error(isForOperator(error) ? error.message : error)
  process.exit(1)
}

/** Milliseconds that a start may take once the process is asked to end. A Postgres that recovers takes minutes. */
const openingMs = 8_000

/**
 * Closes what is open, or still being opened, when the process is asked to end: Ctrl-C, a service
 * manager, a closed terminal. A start that takes too long is left, and its Postgres ends with the process.
 */
export function closeOnSignal(opening: Promise<AsyncDisposable>): void {
  let closing = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (closing) return
      closing = true
      const late = setTimeout(() => process.exit(0), openingMs)
      opening.finally(() => clearTimeout(late)).then((open) => open[Symbol.asyncDispose]()).then(() => process.exit(0), leave)
    })
  }
}

/**
 * Keeps the process alive when the driver writes once more to a socket that has just gone: postgres.js
 * 3.4.9 does so from a timer (`nextWrite` in connection.js) when Postgres is killed at the wrong moment,
 * where nobody could catch it. The connection is closed by then and all that was on it has failed, so
 * nothing is lost. The same for {@link isLostConnection}. Every other error that nobody caught ends the process, as ever.
 */
export function surviveLostSocket(): void {
  process.on('uncaughtException', (error) => {
    if (!isLostSocket(error)) leave(error)
  })
  process.on('unhandledRejection', (reason) => {
    if (!isLostConnection(reason)) leave(reason)
  })
}

/**
 * Whether a rejection that nobody waited for is that of a lost connection to Postgres: of a query of the driver's
 * own (`fetchArrayTypes` in connection.js), or of a statement whose caller has gone. It has failed, and
 * there is nothing more to end.
 */
export function isLostConnection(error: unknown): boolean {
  return isTransient(error) && error instanceof Error && /postgres[^\n]*connection\.js/.test(error.stack ?? '')
}

/** Whether an error is that of the driver's late write. */
export function isLostSocket(error: unknown): boolean {
  return error instanceof TypeError && /\bnextWrite \([^\n]*postgres[^\n]*connection\.js/.test(error.stack ?? '')
}

async function main(): Promise<void> {
  surviveLostSocket()
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
