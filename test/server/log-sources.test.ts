/** `hk import-log` with files, pipes and packed files of all kinds, against a service that listens. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer } from '@hk-live/sdk/protocol'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { demandAddresses } from '../../server/commands/import-log.ts'
import { surveyLog } from '../../server/logs/index.ts'
import { readerFor } from '../../server/logs/index.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const line = (path: string, address = '203.0.113.9', second = 5) =>
  `${address} - - [22/Nov/2025:09:30:${String(second).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" 200 512 "-" "${firefox}"\n`

let service: OperatedService
let site: string

beforeAll(async () => {
  service = await openOperated()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const hk = (...words: string[]) => service.hk(...words)
const idIn = (text: string) => /This is the import ([a-z0-9]{10});/.exec(text)?.[1] ?? ''

async function freshSite(): Promise<string> {
  site = /Made ([a-z0-9]{10})/.exec(await hk('sites', 'add', 'shop.example'))?.[1] ?? ''
  return site
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(service.folder, name)
  await writeFile(path, content)
  return path
}

const load = async (...words: string[]) => hk('import-log', ...words, '--site', site, '--keep-dates')

async function numbers(): Promise<[pageviews: number | null, visitors: number | null]> {
  const { data } = await service.admin<Answer<'overview'>>(`/api/sites/${site}/reports/overview?from=2025-11-22&to=2025-11-22`)
  return [data.pageviews, data.visitors]
}

describe('hk import-log', () => {
  test('reads several files as one import, and undoes it', async () => {
    await freshSite()
    const [a, b] = [await file('a.log', line('/a') + line('/b', '198.51.100.7')), await file('b.log', line('/c') + line('/a'))]
    const said = await load(a, b)
    expect(said).toContain('4 lines: 4 pageviews')
    // What both files have is one request.
    expect(await numbers()).toEqual([3, 2])
    expect(await load(b, a)).not.toContain('This is the import')
    const id = idIn(said)
    expect(await hk('imports', '--site', site)).toBe(`${id}  log  done  2025-11-22 to 2025-11-22  3 rows  ${a}, ${b}`)
    expect(await hk('imports', 'undo', id, '--site', site)).toBe(`Undid ${id}: what it brought is gone.`)
    expect(await numbers()).toEqual([0, 0])
    await load(a)
    expect(await numbers()).toEqual([2, 2])
  }, 60_000)

  test('reads a file wrongly, takes it back, and reads it rightly', async () => {
    await freshSite()
    const log = await file('wrong.log', `10.0.0.1 203.0.113.5 ${line('/x').slice(12)}10.0.0.1 198.51.100.7 ${line('/y').slice(12)}`)
    const pattern = (client: string) => `${client} - - [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`
    const wrong = await load(log, '--pattern', pattern('$remote_addr $other'))
    expect(await numbers()).toEqual([2, 1])
    await hk('imports', 'undo', idIn(wrong), '--site', site)
    await load(log, '--pattern', pattern('$other $remote_addr'))
    expect(await numbers()).toEqual([2, 2])
  }, 60_000)

  test.each([
    ['gzip, whatever its name', 'packed.log', gzipSync(line('/a') + line('/b', '198.51.100.7'))],
    ['gzip in two members', 'packed.gz', Buffer.concat([gzipSync(line('/a')), gzipSync(line('/b', '198.51.100.7'))])],
    ['zstd behind a frame to skip, in two frames', 'pzstd.zst', Buffer.concat([Buffer.from('502a4d1804000000c8000000', 'hex'), zstdCompressSync(line('/a')), zstdCompressSync(line('/b', '198.51.100.7'))])],
    ['zstd', 'packed.zst', zstdCompressSync(line('/a') + line('/b', '198.51.100.7'))],
    ['nothing, with an ending that lies', 'plain.gz', line('/a') + line('/b', '198.51.100.7')],
    ['nothing, without an end', 'open.log', (line('/a') + line('/b', '198.51.100.7')).trimEnd()],
    ['nothing, with zero bytes before', 'zeros.log', `${'\0'.repeat(100_000)}${line('/a')}${line('/b', '198.51.100.7')}`],
    ['nothing, with a line of ten mebibytes', 'long.log', line('/a') + `${'x'.repeat(10 * 2 ** 20)}\n` + line('/b', '198.51.100.7')],
    ['nothing, with bytes that are no text', 'binary.log', Buffer.concat([Buffer.from(line('/a')), Buffer.from([0xff, 0xfe, 0, 10]), Buffer.from(line('/b', '198.51.100.7'))])],
    ['nothing, with a byte order mark and Windows line ends', 'windows.log', `\uFEFF${line('/a')}${line('/b', '198.51.100.7')}`.replaceAll('\n', '\r\n')],
  ])('reads a file packed by %s', async (_, name, content) => {
    await freshSite()
    await load(await file(name, content))
    expect(await numbers()).toEqual([2, 2])
  }, 60_000)

  test.each([
    ['-', 'the standard input'],
    ['/dev/stdin', 'its file'],
  ])('reads a pipe: %s, %s', async (name) => {
    await freshSite()
    const packed = await file('piped.gz', gzipSync(line('/a') + line('/b', '198.51.100.7')))
    const program = Bun.spawn(['sh', '-c', `zcat ${packed} | ${process.execPath} server/cli.ts import-log ${name} --site ${site} --keep-dates`], { env: { ...process.env, ...service.environment }, stdout: 'pipe', stderr: 'pipe' })
    expect([await program.exited, await new Response(program.stdout).text()]).toEqual([0, expect.stringContaining('2 lines: 2 pageviews')])
    expect(await numbers()).toEqual([2, 2])
  }, 60_000)

  test('reads a FIFO, with its dates moved, which takes two looks', async () => {
    await freshSite()
    const fifo = join(service.folder, 'fifo')
    const program = Bun.spawn(['sh', '-c', `mkfifo ${fifo}; (timeout 30 sh -c 'cat ${await file('c.log', line('/a'))} > ${fifo}' &) ; ${process.execPath} server/cli.ts import-log ${fifo} --site ${site}`], { env: { ...process.env, ...service.environment }, stdout: 'pipe', stderr: 'pipe' })
    expect([await program.exited, await new Response(program.stdout).text()]).toEqual([0, expect.stringContaining('1 line: 1 pageview of people, 0 requests')])
  }, 60_000)

  test('reads the same on Deno', async () => {
    await freshSite()
    const packed = await file('deno.gz', gzipSync(line('/a') + line('/b', '198.51.100.7')))
    const other = await file('other.gz', gzipSync(line('/c')))
    const program = Bun.spawn(['sh', '-c', `zcat ${other} | node_modules/.bin/deno run -A server/cli.ts import-log ${packed} - --site ${site}`], { env: { ...process.env, ...service.environment }, stdout: 'pipe', stderr: 'pipe' })
    const said = await new Response(program.stdout).text()
    expect([await program.exited, said]).toEqual([0, expect.stringContaining('3 lines: 3 pageviews')])
    expect(await hk('imports', '--site', site)).toStartWith(`${idIn(said)}  log  done`)
  }, 60_000)

  test('refuses a file of zstd on Deno, which does not tell one that was cut off', async () => {
    await freshSite()
    const packed = await file('deno.zst', zstdCompressSync(line('/a')))
    const program = Bun.spawn(['node_modules/.bin/deno', 'run', '-A', 'server/cli.ts', 'import-log', packed, '--site', site], { env: { ...process.env, ...service.environment }, stdout: 'ignore', stderr: 'pipe' })
    expect([await program.exited, await new Response(program.stderr).text()]).toEqual([1, expect.stringContaining('zstdcat')])
  }, 60_000)

  test('reads a file once that is named twice', async () => {
    await freshSite()
    const path = await file('twice.log', line('/a'))
    expect(await load(path, join(service.folder, '.', 'x', '..', 'twice.log'))).toContain('1 line: 1 pageview of people')
  }, 60_000)

  test('says what to do where a log has no agents', async () => {
    await freshSite()
    const said = await load(await file('clf.log', (line('/a') + line('/b', '198.51.100.7')).replaceAll(/ "-" "[^"]*"/g, '')))
    expect(said).toContain('2 lines: 0 pageviews of people')
    expect(said).toContain('The log has no user agents')
  }, 60_000)

  test('says of an empty file that it is, and reads the others', async () => {
    await freshSite()
    const empty = await file('empty.log', '')
    expect(await load(empty, await file('a.log', line('/a')))).toContain(`${empty} has no lines.`)
    expect(await numbers()).toEqual([1, 1])
  }, 60_000)

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('reads a damaged file of %s as far as it goes, then the others, and fails in the end', async (packing, pack) => {
    await freshSite()
    const many = Array.from({ length: 20_000 }, (_, n) => line(`/${n}`, `203.0.113.${n % 200}`)).join('')
    const damaged = await file(`damaged.${packing}`, pack(many).subarray(0, -20_000))
    await expect(load(damaged, await file('a.log', line('/last')))).rejects.toThrow(`${damaged} can't be read to its end`)
    expect((await numbers())[0]).toBeGreaterThan(1_000)
    expect(await hk('export', 'breakdown', '--site', site, '--by', 'page', '--search', '/last', '--from', '2025-11-22', '--to', '2025-11-22', '--out', join(service.folder, 'x.csv'))).toContain('Wrote')
    expect(await Bun.file(join(service.folder, 'x.csv')).text()).toContain('/last')
  }, 60_000)

  test.each([
    ['a folder', async () => (await mkdir(join(service.folder, 'logs'), { recursive: true }), join(service.folder, 'logs')), 'is a folder. Name the logs in it:'],
    ['what is not there', async () => join(service.folder, 'nowhere'), 'There is no file'],
    ['a file of bzip2', () => file('a.bz2', 'BZh91AY&SY'), 'Unpack it into a pipe: bzcat'],
    ['a file of xz', () => file('a.xz', Buffer.from('fd377a585a0000', 'hex')), 'Unpack it into a pipe: xzcat'],
    ['a zip archive', () => file('a.zip', 'PK\u0003\u0004xxxx'), 'Unpack it into a pipe: unzip -p'],
    ['a file of no known format', () => file('b.txt', 'what?\nis this?\n'), 'what?'],
    ['names in place of addresses', () => file('names.log', line('/', 'dialin.example.net')), 'HostnameLookups On'],
    ['a file of bytes', () => file('bytes', Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * 7919) % 256))), 'can be read. The first'],
  ])('refuses %s, before anything is sent', async (_, make, message) => {
    await freshSite()
    const path = await make()
    await expect(load(await file('a.log', line('/a')).then(() => path))).rejects.toThrow(message)
    expect(await numbers()).toEqual([0, 0])
    expect(await hk('imports', '--site', site)).toContain('No imports yet')
  }, 60_000)

  test('names the formats where none fits', async () => {
    await expect(load(await file('b.txt', 'what?\n'))).rejects.toThrow(/Formats are auto, combined, .*name one by --format/)
  }, 60_000)

  test('counts lines that it cannot read by their reason', async () => {
    await freshSite()
    const said = await load(await file('mixed.log', line('/a') + line('/b', 'dialin.example.net') + line('/c', '-') + 'what?\n'))
    expect(said).toContain('Not readable: 3 lines, as')
    expect(said).toContain('1: the line has the name of a host in place of its address')
    expect(said).toContain('1: the line has no address where that of the visitor is expected')
  }, 60_000)
})

describe('a log with one address', () => {
  const log = (count: number, other = '') => Array.from({ length: count }, (_, n) => line(`/${n}`, '10.0.0.1', n % 60)).join('') + other

  test('is refused, unless it is said to be right', async () => {
    await freshSite()
    const path = await file('proxied.log', log(1_200, line('/', '203.0.113.9')))
    await expect(load(path)).rejects.toThrow('come from the one address 10.0.0.1')
    await expect(load(path)).rejects.toThrow('--one-address')
    expect(await numbers()).toEqual([0, 0])
    await load(path, '--one-address')
    expect((await numbers())[0]).toBe(1_201)
  }, 60_000)

  test('is taken where it is that of one visitor, or has another address in time', async () => {
    await freshSite()
    await load(await file('short.log', log(3)))
    await load(await file('late.log', log(900, line('/', '203.0.113.9'))))
    expect((await numbers())[1]).toBe(2)
  }, 60_000)

  test('is refused also where a monitor on the machine, or an agent, comes from another', async () => {
    await freshSite()
    const others = line('/healthz', '127.0.0.1') + line('/', '198.51.100.9').replace(/"[^"]*"\n$/, '"Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"\n')
    await expect(load(await file('monitored.log', log(999, others)))).rejects.toThrow('come from the one address 10.0.0.1')
  }, 60_000)

  test('is no log to forward pageviews of', async () => {
    await freshSite()
    const path = await file('proxied.log', log(1_200))
    const words = ['forward', path, '--site', site, '--state', join(service.folder, `${site}.json`)]
    await expect(hk(...words, '--pageviews')).rejects.toThrow('come from the one address 10.0.0.1')
    expect(await hk(...words)).toContain('1,200 lines')
  }, 60_000)

  test('is taken where programs come from many: then no proxy stands before a site with one reader', async () => {
    await freshSite()
    const bot = (n: number) => line(`/${n}`, `66.249.${64 + (n % 2)}.${n % 125}`, n % 60).replace(firefox, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')
    const bots = (count: number) => Array.from({ length: count }, (_, n) => bot(n)).join('')
    expect(await load(await file('quiet.log', log(12, bots(500))))).toContain('12 pageviews of people')
    await freshSite()
    expect(await load(await file('bots-first.log', bots(500) + log(12)))).toContain('12 pageviews of people')
    // Programs that go past a proxy are few.
    await expect(load(await file('probed.log', bots(500) + log(600)))).rejects.toThrow('come from the one address 10.0.0.1')
    await expect(load(await file('probed-late.log', log(600, bots(500))))).rejects.toThrow('come from the one address 10.0.0.1')
  }, 60_000)

  test('is told by all requests that the address has, in bounded memory', async () => {
    const bots = (count: number, address: (n: number) => string) => Array.from({ length: count }, (_, n) => line('/', address(n)).replace(firefox, 'curl/8')).join('')
    const everywhere = bots(3_000, (n) => `198.18.${n >> 8}.${n & 255}`)
    const survey = (text: string) => surveyLog({ name: 'a.log', open: async function* () { yield new TextEncoder().encode(text) } }, readerFor('auto')(), true)
    const behind = bots(40, () => '10.0.0.1') + everywhere
    expect(await survey(behind + log(20) + bots(5, () => '10.0.0.1'))).toMatchObject({ requests: 3_065, pageviews: 20, addresses: 1, address: '10.0.0.1', requestsOfAddress: 65 })
    expect(await survey(everywhere + log(20))).toMatchObject({ requests: 3_020, requestsOfAddress: 20 })
    const other = line('/', '203.0.113.9')
    expect(await survey(log(3) + other + log(20))).toMatchObject({ pageviews: 4, addresses: 2, address: '10.0.0.1', requestsOfAddress: 23 })
  })

  test('is asked about where somebody is there to answer', async () => {
    const open = async function* () {
      yield new TextEncoder().encode(log(20))
    }
    const survey = await surveyLog({ name: 'a.log', open }, readerFor('auto')(), false)
    const asked: string[] = []
    const answer = (given: boolean) => async (question: string) => (asked.push(question), given)
    await demandAddresses([survey], answer(true))
    expect(asked).toEqual([expect.stringMatching(/^All pageviews of a\.log .* Go on all the same\?$/)])
    await expect(demandAddresses([survey], answer(false))).rejects.toThrow('Nothing was imported.')
  })
})
