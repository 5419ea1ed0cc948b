import { type LineReader, type LogEntry, plainHost } from './entry.ts'

/**
 * Reads Amazon CloudFront's standard log: W3C Extended Log File Format, fields between tabs and named by the line
 * `#Fields:` (AWS, "Standard logging reference", Log file fields). Values are percent-encoded, those of older logs twice.
 */
export function createCloudFrontReader(): LineReader {
  let columns: readonly string[] | undefined
  return {
    read(line) {
      if (line.startsWith('#')) {
        const [, names] = /^#Fields:\s*(.*)$/.exec(line) ?? []
        if (names !== undefined) columns = names.trim().split(/\s+/)
        return 'note'
      }
      return columns === undefined ? undefined : entryOf(columns, line.split('\t'))
    },
  }
}

function entryOf(columns: readonly string[], values: readonly string[]): LogEntry | undefined {
  const value = (name: string) => {
    const text = values[columns.indexOf(name)] ?? ''
    return text === '-' ? '' : text
  }
  const at = Date.parse(`${value('date')}T${value('time')}Z`)
  const [status, bytes, seconds] = ['sc-status', 'sc-bytes', 'time-taken'].map((name) => Number(value(name) || Number.NaN))
  if (!Number.isFinite(at) || status === undefined || !Number.isInteger(status)) return undefined
  const query = value('cs-uri-query')
  const contentType = decode(value('sc-content-type'))
  return {
    host: value('c-ip'),
    at,
    method: value('cs-method'),
    target: value('cs-uri-stem') + (query === '' ? '' : `?${query}`),
    // 000: the visitor went away before the answer.
    status,
    bytes: Number.isFinite(bytes) ? bytes : undefined,
    referrer: decode(value('cs(Referer)')),
    userAgent: decode(value('cs(User-Agent)')),
    // Host is CloudFront's own; what the visitor asked for stands beside.
    hostname: plainHost(value('x-host-header') || value('cs(Host)')),
    ...(contentType !== '' && { contentType }),
    ...(Number.isFinite(seconds) && { responseMs: Math.round(Number(seconds) * 1_000) }),
  }
}

/** Percent-decoded, a second time where it was encoded twice; as it is where it can't be. */
function decode(text: string): string {
  try {
    const once = decodeURIComponent(text)
    return /%[0-9a-f]{2}/i.test(once) && !once.includes(' ') ? decodeURIComponent(once) : once
  } catch {
    return text
  }
}
