/** A Postgres that demands TLS, reached from both runtimes: what each `sslmode` checks, and what is said when that fails. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../server/store/connect.ts'
import { makeAuthority } from '../support/certificates.ts'
import { type Cluster, openCluster } from '../support/cluster.ts'
import { runtimes, spawn } from '../support/process.ts'

let dir: string
let secure: Cluster
let plain: Cluster

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-tls-'))
  // Postgres, under another account where we are root, makes its socket in there.
  await chmod(dir, 0o777)
  const authority = await makeAuthority()
  const server = await authority.sign('localhost')
  const client = await authority.sign('known')
  const files = { 'ca.pem': authority.cert, 'other.pem': (await makeAuthority()).cert, 'hk.crt': client.cert, 'hk.key': client.key }
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content)
  secure = await openCluster({
    parameters: { ssl: 'on', ssl_ca_file: 'root.crt', unix_socket_directories: dir, unix_socket_permissions: '0777' },
    files: {
      'server.crt': server.cert,
      'server.key': server.key,
      'root.crt': authority.cert,
      'pg_hba.conf': 'hostssl all known all cert\nhostssl all all all trust\nlocal all all trust\n',
    },
  })
  plain = await openCluster()
  const sql = connect(addressOf(secure, '127.0.0.1', 'sslmode=require'))
  await sql`create role known login`
  await sql.end()
}, 60_000)

afterAll(async () => {
  await secure[Symbol.asyncDispose]()
  await plain[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
}, 60_000)

const addressOf = (cluster: Cluster, host: string, query: string, user = 'hk') =>
  `${cluster.url.replace('127.0.0.1', host).replace('hk@', `${user}@`)}?${query.replaceAll('DIR', dir)}`

describe.each(runtimes)('on %s', (_name, runtime) => {
  async function probe(addresses: readonly string[]): Promise<string[]> {
    const probing = spawn([...runtime, 'test/support/database-probe.ts', ...addresses])
    const line = await probing.line(/^\[/)
    await probing.exited
    return JSON.parse(line)
  }

  test('a connection is protected where the address asks for it, and where it does not mind', async () => {
    const protections = await probe([
      addressOf(secure, '127.0.0.1', 'sslmode=require&channel_binding=require'),
      addressOf(secure, '127.0.0.1', 'sslmode=prefer'),
      addressOf(secure, '127.0.0.1', 'sslmode=require&sslnegotiation=direct'),
      addressOf(secure, '127.0.0.1', 'sslmode=verify-ca&sslrootcert=DIR/ca.pem'),
      addressOf(secure, 'localhost', 'sslmode=verify-full&sslrootcert=DIR/ca.pem'),
      addressOf(secure, '127.0.0.1:1,localhost', 'sslmode=verify-full&sslrootcert=DIR/ca.pem'),
      addressOf(secure, 'localhost', 'sslmode=require&sslcert=DIR/hk.crt&sslkey=DIR/hk.key', 'known'),
      addressOf(secure, '', `host=${dir}&sslmode=require`),
      addressOf(plain, '127.0.0.1', 'sslmode=prefer'),
    ])
    expect(protections).toEqual([...Array.from({ length: 7 }, () => 'TLSv1.3'), 'none', 'none'])
  }, 30_000)

  test('a server that is not the one of the address, or does not prove it, is not talked to', async () => {
    const unknown = /self.signed|verify the first certificate|certificate signature failure/
    const cases: [string, RegExp][] = [
      [addressOf(secure, 'localhost', 'sslmode=verify-full'), unknown],
      [addressOf(secure, 'localhost', 'sslmode=verify-full&sslrootcert=system'), unknown],
      [addressOf(secure, 'localhost', 'sslmode=verify-full&sslrootcert=DIR/other.pem'), unknown],
      [addressOf(secure, '127.0.0.1', 'sslmode=verify-ca&sslrootcert=DIR/other.pem'), unknown],
      // Its certificate names localhost, and no address.
      [addressOf(secure, '127.0.0.1', 'sslmode=verify-full&sslrootcert=DIR/ca.pem'), /does not match certificate's altnames/],
      [addressOf(secure, 'localhost', 'sslmode=verify-full&sslrootcert=DIR/none.pem'), /none.pem as its sslrootcert, which cannot be read/],
      [addressOf(secure, 'localhost', 'sslmode=require', 'known'), /valid client certificate/],
      [addressOf(secure, 'localhost', 'sslmode=disable'), /no encryption/],
      [addressOf(plain, 'localhost', 'sslmode=require'), /TLS/],
    ]
    const outcomes = await probe(cases.map(([address]) => address))
    for (const [index, [, reason]] of cases.entries()) expect(outcomes[index]).toMatch(reason)
  }, 30_000)
})

test.each([
  ['sslmode=verify-full&sslrootcert=DIR/other.pem', 'Name the authority that signed its certificate with sslrootcert'],
  ['sslmode=disable', 'It demands TLS: add sslmode=require'],
])('the service says what to do after %s', async (query, advice) => {
  const failed = spawn(['bun', 'server/main.ts'], { DATABASE_URL: addressOf(secure, 'localhost', query), HK_PORT: '0', HK_DATA_DIR: dir })
  expect(await failed.exited).toBe(1)
  expect(failed.output().trim().split('\n').length).toBe(1)
  expect(failed.output()).toContain(advice)
})
