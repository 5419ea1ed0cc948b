import { HkError } from '@hk-live/sdk/protocol'
import { type LogLevel, logLevels } from './config.ts'
import { isTransient } from './store/index.ts'

/** Writes lines of the log: what happened, in a sentence, with its cause. */
export type Log = (level: Exclude<LogLevel, 'silent'>, message: string, cause?: unknown) => void

/** A log on the error output, from a level on. Tokens in paths are never written. */
export function createLog(least: LogLevel, write: (line: string) => void = console.error): Log {
  const rank = logLevels.indexOf(least)
  return (level, message, cause) => {
    if (logLevels.indexOf(level) < rank) return
    write(`${new Date().toISOString()} ${level} ${redact(message + (cause === undefined ? '' : `: ${reasonOf(cause)}`))}`)
  }
}

/** Milliseconds between two lines about one outage. */
const outageMs = 30_000

/** Writes errors to the log; that the database is away or overrun is said now and then, not for each request. */
export function createReporter(log: Log, elapsed: () => number): (error: unknown, request: Request) => void {
  let quietUntil = -Infinity
  return (error, request) => {
    const refused = error instanceof HkError && error.code === 'unavailable'
    if (!refused && !isTransient(error)) {
      // Who has the token of a share link reads by it.
      const path = new URL(request.url).pathname.replace(/^\/api\/share\/[^/]+/, '/api/share/…')
      return log('error', `${request.method} ${path}`, error)
    }
    if (elapsed() < quietUntil) return
    quietUntil = elapsed() + outageMs
    const message = error instanceof Error ? error.message : String(error)
    log('warn', refused ? `Requests are refused: ${message}` : `The database is away: ${message}`)
  }
}

/** Where in the code an error is from is of use only where it is ours: that the database is away is told in a line. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return isTransient(cause) ? String(cause) : (cause.stack ?? cause.message)
}

/** Hides share tokens, which are capabilities, and API tokens. */
function redact(text: string): string {
  return text.replace(/\bhk[sca]_[\w-]{8,}/g, (token) => `${token.slice(0, 6)}…`)
}
