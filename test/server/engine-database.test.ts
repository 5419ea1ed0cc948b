/** What the database of the engine may reach and use: its folder, and so much memory and disk. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBInstance, openDatabase } from '../../server/engine/database.ts'

describe('the database of the engine', () => {
  let folder: string
  let database: DuckDBInstance
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hk-engine-'))
    database = await openDatabase({ folder, segments: join(folder, 'segments'), orderEvents: { purchase: [], refund: [] }, memoryBytes: 64 * 2 ** 20, spillBytes: 2 ** 20, threads: 1 })
  })
  afterAll(async () => {
    database.closeSync()
    await rm(folder, { recursive: true, force: true })
  })
  const run = async (statement: string) => {
    const connection = await database.connect()
    try {
      return (await connection.runAndReadAll(statement)).getRowsJson()
    } finally {
      connection.closeSync()
    }
  }

  test.each([
    ['install httpfs', 'disabled by configuration'],
    ['load httpfs', 'disabled through configuration'],
    [`load '/tmp/x.duckdb_extension'`, 'disabled'],
    [`select * from read_csv('/etc/passwd')`, 'disabled by configuration'],
    [`select * from read_text('/etc/passwd')`, 'disabled by configuration'],
    [`select * from '/etc/passwd'`, 'does not exist'],
    [`select * from glob('/etc/*')`, 'disabled by configuration'],
    [`select * from 'https://example.com/a.parquet'`, 'disabled by configuration'],
    [`copy (select 1) to '/tmp/hk-outside.csv'`, 'disabled by configuration'],
    [`attach '/tmp/hk-outside.db'`, 'disabled by configuration'],
    [`export database '/tmp/hk-outside'`, 'disabled by configuration'],
    [`set memory_limit = '100GB'`, 'locked'],
    [`set enable_external_access = true`, 'locked'],
    [`set allowed_directories = ['/']`, 'locked'],
    [`pragma temp_directory = '/tmp'`, 'locked'],
    [`select getenv('HOME')`, 'does not exist'],
  ])('refuses %s', async (statement, reason) => {
    await expect(run(statement)).rejects.toThrow(reason)
  })

  test('refuses what lies beside its folder by another spelling', async () => {
    await writeFile(`${folder}-beside.csv`, 'a\n1\n')
    try {
      for (const path of [`${folder}/../${folder.split('/').at(-1)}-beside.csv`, `${folder}-beside.csv`, `file://${folder}-beside.csv`]) {
        await expect(run(`select * from read_csv('${path}')`)).rejects.toThrow('disabled by configuration')
      }
      await writeFile(join(folder, 'within.csv'), 'a\n1\n')
      expect(await run(`select * from read_csv('${folder}/within.csv')`)).toEqual([['1']])
    } finally {
      await rm(`${folder}-beside.csv`)
    }
  })

  test('takes no more memory and disk than it may', async () => {
    await expect(run(`select count(distinct md5(i::varchar)) from range(20000000) t (i)`)).rejects.toThrow(/Out of Memory|max_temp_directory_size/)
    expect(await run('select 1')).toEqual([[1]])
  }, 60_000)
})
