import { type LogLevel, logLevels } from './config.ts'

/** Writes lines of the log: what happened, in a sentence, with its cause. */
export type Log = (level: Exclude<LogLevel, 'silent'>, message: string, cause?: unknown) => void

/** A log on the error output, from a level on. Tokens in paths are never written. */
export function createLog(least: LogLevel, write: (line: string) => void = console.error): Log {
  const rank = logLevels.indexOf(least)
  return (level, message, cause) => {
    if (logLevels.indexOf(level) < rank) return
    const reason =
      cause === undefined
        ? ''
        : `: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`
    write(`${new Date().toISOString()} ${level} ${redact(message + reason)}`)
  }
}

/** Hides share tokens, which are capabilities, and API tokens. */
function redact(text: string): string {
  return text.replace(/\bhk[sca]_[\w-]{8,}/g, (token) => `${token.slice(0, 6)}…`)
}
