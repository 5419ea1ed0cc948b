/**
 * A real access log of 10,000 lines, and figures worked out from the raw file by awk.
 *
 * Method: awk shares neither code nor patterns with the importer; it splits lines at their quotes. Only who
 * is a bot it can't know: it is given the list of user agents that our judge takes for bots. A visitor is
 * the distinct (address, agent) of a UTC day, which is what a daily visitor id stands for.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judgeAgent } from '../../server/ingest/index.ts'

/** Path of the log: requests to semicomplete.com from 17 to 20 May 2015, in UTC. */
export const realLog = fileURLToPath(new URL('../../../shared/data/apache_logs', import.meta.url))

/** Whether the log or awk is not here: tests of it are skipped then. */
export const isMissing = !existsSync(realLog) || spawnSync('awk', ['BEGIN{}']).status !== 0
if (isMissing) console.warn('skipped: the real log (../shared/data/apache_logs) or awk is not here')

const pageviews = String.raw`
  NR == FNR { bots[$0] = 1; next }
  {
    if (split($0, cells, "\"") < 7) next
    request = cells[2]; referrer = cells[4]; agent = cells[6]
    split(request, p, " "); split(cells[3], s, " "); split(cells[1], head, " ")
    if (p[1] != "GET") next
    if (substr(s[1], 1, 1) != "2" && s[1] != "304") next
    if (agent in bots) next
    path = p[2]; query = ""
    mark = index(path, "?")
    if (mark > 0) { query = substr(path, mark); path = substr(path, 1, mark - 1) }
    if (query ~ /flav=(rss|atom)/) next
    n = split(path, names, "/"); file = tolower(names[n])
    dots = split(file, bits, "."); ending = (dots > 1 ? bits[dots] : "")
    files = " css js png jpg jpeg gif ico svg ttf woff swf xml xsl rss txt log pdf doc jar exe gz deb gem "
    if (ending != "" && index(files, " " ending " ") > 0) next
    if (file == "feed" || (file == "" && names[n - 1] == "feed")) next
    day = substr(head[4], 2, 11)
    REPORT
  }`

/**
 * Runs a program over the pageviews of people in the log and returns the lines that it prints.
 *
 * @param report awk for each pageview; has `day` (17/May/2015), `head[1]` (address), `head[4]` (time), `path`
 *   (without query), `referrer` and `agent`
 * @param end awk for the end
 */
export function countPageviews(report: string, end = ''): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'hk-log-'))
  try {
    const bots = join(folder, 'bots')
    const agents = awk(['-F"', '{ print $6 }', realLog])
    const judged = [...new Set(agents)].filter((agent) => judgeAgent(agent).kind !== 'person')
    writeFileSync(bots, judged.join('\n'))
    return awk([`${pageviews.replace('REPORT', report)} END { ${end} }`, bots, realLog])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Runs awk and returns the lines that it prints.
 *
 * @param lines what it reads, where the parameters name no file
 * @throws {Error} what awk says is wrong
 */
export function awk(parameters: string[], lines: readonly string[] = []): string[] {
  const input = lines.map((line) => `${line}\n`).join('')
  const { status, stdout, stderr } = spawnSync('awk', parameters, { input, encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((row) => row !== '')
}
