/** One request as a server logged it. Text is unescaped, `''` where the log has none. */
export interface LogEntry {
  /** Address (or name) of the client. */
  host: string
  /** Time of the request, milliseconds since 1970. */
  at: number
  /** `''` where the request line is no HTTP request. */
  method: string
  /** Request target as sent, `''` where the request line is no HTTP request. */
  target: string
  status: number
  /** Bytes of the body sent, where the log has them. */
  bytes: number | undefined
  referrer: string
  userAgent: string
  /** Host that was asked for, where the log names it. */
  hostname?: string
  /** `Content-Type` of the answer, where the log has it. */
  contentType?: string
  /** Milliseconds until the answer had been sent, where the log has them. */
  responseMs?: number
}

/** Reads the lines of one log, in order: a format may begin with a line that says what follows. */
export interface LineReader {
  /** The request of a line; `'note'` for a line that is none by the format; `undefined` for one that can't be read. */
  read(line: string): LogEntry | 'note' | undefined
}

/** Method and target of a request line as `GET /page HTTP/1.1`; `''` where it is no HTTP request. */
export function parseRequest(request: string): { method: string; target: string } {
  // nginx logs the target as sent, so it may hold spaces: the protocol is what follows the last one.
  const [, method, target] = /^([A-Z]{3,20}) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/.exec(request) ?? []
  return { method: method ?? '', target: target ?? '' }
}

/** A host without its port, in lower case. */
export function plainHost(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

/** Whether milliseconds since 1970 are a time of the years that have four digits, as it can be sent. */
export function isTime(at: number): boolean {
  return at >= 0 && at < Date.UTC(10_000, 0)
}
