import { clientAddress } from './address.ts'
import { hostOf, type Line, type LineParser, plainHost } from './entry.ts'
import { decodePercent, decodePlus } from './escapes.ts'
import { readTime } from './time.ts'

/**
 * Makes a parser of the W3C Extended Log File Format (https://www.w3.org/TR/WD-logfile.html), in which a line `#Fields:`
 * names the fields of those that follow, until the next one; the case of their letters is of no account. Two write it: IIS,
 * with blanks between the fields and `+` for those in a value, times in UTC and milliseconds taken; and Amazon CloudFront's
 * standard log (AWS, "Standard logging reference", Log file fields), with tabs, seconds taken, and values percent-encoded,
 * those of older logs twice.
 */
export function createW3cParser(): LineParser {
  let columns: readonly string[] | undefined
  let date = ''
  return (line) => {
    if (!line.startsWith('#')) {
      if (columns === undefined) return undefined
      const isTabbed = line.includes('\t')
      // A field more than there are names would be too many: what follows it is nobody's.
      const values = line.split(isTabbed ? '\t' : ' ', columns.length + 2)
      return values.length > columns.length + 1 ? undefined : lineOf(columns, values, date, isTabbed ? decodePercent : decodePlus)
    }
    const [, name, value = ''] = /^#(Fields|Date):\s*(.*)$/i.exec(line) ?? []
    if (name?.toLowerCase() === 'fields') columns = value.trim().toLowerCase().split(/\s+/)
    if (name?.toLowerCase() === 'date') date = value.trim().slice(0, 10)
    return /^#\s?[\w-]+:/.test(line) ? 'note' : undefined
  }
}

function lineOf(
  columns: readonly string[],
  values: readonly string[],
  day: string,
  plain: (text: string) => string,
): Line | undefined {
  const value = (name: string) => {
    const text = values[columns.indexOf(name)] ?? ''
    return text === '-' ? '' : text
  }
  const at = readTime(value('timestamp(ms)') || value('timestamp') || `${value('date') || day}T${value('time')}Z`)
  // 000: the visitor went away before the answer.
  const status = value('sc-status')
  if (at === undefined || !/^\d{1,3}$/.test(status)) return undefined
  const stem = value('cs-uri-stem') || value('cs-uri')
  const query = value('cs-uri-query')
  const contentType = plain(value('sc-content-type'))
  const taken = Number(value('time-taken') || Number.NaN)
  const isCloudFront = plain === decodePercent
  const host = clientAddress(value('c-ip'), decodePlus(decodePercent(value('x-forwarded-for') || value('cs(x-forwarded-for)') || value('cs(forwarded)'))))
  if (typeof host !== 'string') return host
  return {
    host,
    at,
    method: value('cs-method'),
    target: stem + (query === '' ? '' : `?${query}`),
    status: Number(status),
    bytes: /^\d+$/.test(value('sc-bytes')) ? Number(value('sc-bytes')) : undefined,
    referrer: plain(value('cs(referer)')),
    userAgent: plain(value('cs(user-agent)')),
    // With CloudFront Host is its own; what the visitor asked for stands beside.
    hostname: plainHost(value('x-host-header') || value('cs-host') || value('cs(host)') || hostOf(stem)),
    ...(contentType !== '' && { contentType }),
    ...(Number.isFinite(taken) && { responseMs: Math.round(taken * (isCloudFront ? 1_000 : 1)) }),
  }
}
