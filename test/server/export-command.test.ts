/** `hk export`, against a service that listens. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { spawn } from '../support/process.ts'


let service: OperatedService

beforeAll(async () => {
  service = await openOperated()
  await hk('sites', 'add', 'shop.example')
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const hk = (...words: string[]) => service.hk(...words)

test('writes a report to the standard output, with nothing around it', async () => {
  const program = spawn(['bun', 'server/cli.ts', 'export', 'timeseries', '--range', '7d', '--metrics', 'visitors'], service.environment)
  expect(await program.exited).toBe(0)
  expect(program.output().startsWith('"at","visitors","partial"\r\n')).toBe(true)
  expect(parse(program.output(), { columns: true }).length).toBe(7)
})

test('writes a report to a file, with all that was asked', async () => {
  const file = join(service.folder, 'pages.xlsx')
  const asked = ['--range', '7d', '--by', 'page', '--filter', 'country:DE', '--filter', '!page:/x', '--compare', 'previous']
  const said = await hk('export', 'breakdown', '--site', 'shop.example', '--format', 'xlsx', '--out', file, ...asked)
  expect(said).toBe(`Wrote ${file}.`)
  const { sheets } = await readXlsx(await Bun.file(file).bytes())
  expect([sheets[0]?.name, sheets[0]?.rows[0]?.slice(0, 2)]).toEqual(['breakdown', ['period', 'value']])
  expect(await readdir(service.folder)).toEqual(['pages.xlsx'])
})

test('says that a file cannot be written', () => {
  const file = join(service.folder, 'none', 'x.csv')
  return expect(hk('export', 'overview', '--out', file)).rejects.toThrow(`${file} could not be written to its end: `)
})

test.each([
  [[], 'Usage: hk export REPORT'],
  [['../sites'], 'Usage: hk export REPORT'],
  [['nothing'], 'There is no report "nothing".'],
  [['overview', '--format', 'pdf'], '"format" must be one of csv, json, ndjson, xlsx, parquet.'],
  [['overview', '--range', '8d'], '"range" must be one of'],
  [['overview', '--site', 'other.example'], 'Name one site by --site.'],
])('%j says what to do instead, and leaves no file', async (words, message) => {
  await expect(hk('export', ...words, '--out', join(service.folder, 'none.csv'))).rejects.toThrow(message)
  expect(await readdir(service.folder)).not.toContain('none.csv')
})
