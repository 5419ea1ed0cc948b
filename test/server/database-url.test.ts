/** `DATABASE_URL` as people have it: the forms of libpq, and what hosted Postgres give. */
import { afterAll, describe, expect, test } from 'bun:test'
import { readConfig } from '../../server/index.ts'
import { connect } from '../../server/store/connect.ts'
import { type DatabaseAddress, readDatabaseUrl, shownAddress } from '../../server/store/database-url.ts'
import { freshDatabase } from '../support/postgres.ts'

/** What matters of an address, in short. */
function brief(text: string): object {
  const { hosts, ports, user, password, database, tls } = readDatabaseUrl(text)
  return { at: hosts.map((host, index) => `${host} ${ports[index]}`).join(), user, password, database, tls: tls.mode }
}

function refusal(text: string): string {
  try {
    readConfig({ DATABASE_URL: text })
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error(`${text} was taken.`)
}

const user = 'u'
const password = 'p'

describe('an address as it is given by', () => {
  test.each<[string, string, object]>([
    ['Neon', 'postgresql://u:p@ep-cool-a1-pooler.eu-central-1.aws.neon.tech/db?sslmode=require&channel_binding=require', { at: 'ep-cool-a1-pooler.eu-central-1.aws.neon.tech 5432', tls: 'require' }],
    ['Neon, verified', 'postgresql://u:p@ep-cool-a1.eu-central-1.aws.neon.tech/db?sslmode=verify-full&sslrootcert=system', { at: 'ep-cool-a1.eu-central-1.aws.neon.tech 5432', tls: 'verify-full' }],
    ['Supabase', 'postgresql://postgres.abc:p@aws-0-eu-west-1.pooler.supabase.com:6543/db?pgbouncer=true&connection_limit=1', { at: 'aws-0-eu-west-1.pooler.supabase.com 6543', user: 'postgres.abc', tls: 'prefer' }],
    ['Supabase on Vercel', 'postgres://u:p@aws-0-eu.pooler.supabase.com:6543/db?sslmode=require&supa=base-pooler.x', { at: 'aws-0-eu.pooler.supabase.com 6543', tls: 'require' }],
    ['RDS', 'postgres://u:p@hk.c1x.eu-west-1.rds.amazonaws.com:5432/db?sslmode=verify-full&sslrootcert=/etc/ssl/global-bundle.pem', { at: 'hk.c1x.eu-west-1.rds.amazonaws.com 5432', tls: 'verify-full' }],
    ['Heroku', 'postgres://u:p@ec2-1-2-3-4.compute-1.amazonaws.com:5432/db', { at: 'ec2-1-2-3-4.compute-1.amazonaws.com 5432', tls: 'prefer' }],
    ['Fly', 'postgres://u:p@hk-db.flycast:5432/db?sslmode=disable', { at: 'hk-db.flycast 5432', tls: 'disable' }],
    ['Fly, by address', 'postgres://u:p@[fdaa:0:1::3]:5432/db', { at: 'fdaa:0:1::3 5432', tls: 'prefer' }],
    ['DigitalOcean', 'postgresql://doadmin:p@db-1.b.db.ondigitalocean.com:25060/db?sslmode=require', { at: 'db-1.b.db.ondigitalocean.com 25060', user: 'doadmin', tls: 'require' }],
    ['Aiven', 'postgres://avnadmin:p@pg-1.aivencloud.com:12691/db?sslmode=verify-ca&sslrootcert=ca.pem', { at: 'pg-1.aivencloud.com 12691', user: 'avnadmin', tls: 'verify-ca' }],
    ['Azure', 'postgresql://hk%40server:p@server.postgres.database.azure.com/db?sslmode=require', { at: 'server.postgres.database.azure.com 5432', user: 'hk@server', tls: 'require' }],
    ['Cloud SQL', 'postgresql://u:p@/db?host=/cloudsql/project:region:instance', { at: '/cloudsql/project:region:instance 5432', tls: 'disable' }],
    ['Railway', 'postgresql://u:p@postgres.railway.internal:5432/db', { at: 'postgres.railway.internal 5432', tls: 'prefer' }],
    ['CockroachDB', 'postgresql://u:p@a.cockroachlabs.cloud:26257/db?sslmode=verify-full&options=--cluster%3Dhk-1', { at: 'a.cockroachlabs.cloud 26257', tls: 'verify-full' }],
    ['node-postgres', 'postgres://u:p@db.example/db?ssl=no-verify&uselibpqcompat=true', { at: 'db.example 5432', tls: 'require' }],
    ['Symfony', 'postgresql://u:p@127.0.0.1:5432/db?serverVersion=16&charset=utf8', { at: '127.0.0.1 5432', tls: 'disable' }],
  ])('%s is understood', (_name, text, expected) => {
    expect(brief(text)).toMatchObject({ user, password, database: 'db', ...expected })
    expect(readConfig({ DATABASE_URL: text }).databaseUrl).toBe(text)
  })
})

describe('of an address', () => {
  test.each<[string, object]>([
    ['postgres://u:p%40s%2Fs%3A%25@h/db', { password: 'p@s/s:%' }],
    ['postgres://u:p@s@h/db', { password: 'p@s', at: 'h 5432' }],
    ['postgres://u:p#s?x@h/db', { password: 'p#s?x', at: 'h 5432' }],
    ['postgres://u@t.co/db', { user: 'u', password: undefined, at: 't.co 5432' }],
    ['postgres://[::1]/db', { at: '::1 5432', tls: 'disable' }],
    ['postgres://[::1]:6000,a:7000,b/db', { at: '::1 6000,a 7000,b 5432' }],
    ['postgres://u:p@a,b:5433/db?target_session_attrs=read-write', { at: 'a 5432,b 5433' }],
    ['postgres:///db?host=a,b&port=6000', { at: 'a 6000,b 6000' }],
    ['postgres:///db?host=/var/run/postgresql&user=hk', { at: '/var/run/postgresql 5432', user: 'hk', tls: 'disable' }],
    ['postgres://%2Fvar%2Frun%2Fpostgresql:6000/db', { at: '/var/run/postgresql 6000' }],
    ['postgres:///db', { at: 'localhost 5432', database: 'db' }],
    ['postgres://h', { at: 'h 5432', database: undefined }],
    ['postgres://h/my%20db', { database: 'my db' }],
    ['postgres://h/db?password=a%26b&user=c%40d', { password: 'a&b', user: 'c@d' }],
    ['postgres://h/db?sslmode=', { tls: 'prefer' }],
    ['postgres://h/db?sslrootcert=/ca.pem', { tls: 'verify-full' }],
    ['postgres://h/db?sslmode=require&sslrootcert=/ca.pem', { tls: 'verify-ca' }],
    ['postgres://h/db?sslmode=require&sslrootcert=system', { tls: 'verify-full' }],
    ['postgres://h/db?ssl=true', { tls: 'verify-full' }],
    ['postgres://h/db?ssl=true&sslmode=require', { tls: 'require' }],
  ])('%s, the parts are what libpq takes', (text, expected) => {
    expect(brief(text)).toMatchObject(expected)
  })

  test('the parameters of the server are kept, and those of other libraries are not', () => {
    const { parameters, connectSeconds, session, isPooled, connections }: DatabaseAddress = readDatabaseUrl(
      'postgres://h/db?options=-c%20search_path%3Dhk&application_name=stats&connect_timeout=3&pgbouncer=true&connection_limit=4' +
        '&target_session_attrs=primary&keepalives_idle=30&fallback_application_name=x&prepareThreshold=0&load_balance_hosts=disable',
    )
    expect(parameters).toEqual({ options: '-c search_path=hk', application_name: 'stats' })
    expect({ connectSeconds, session, isPooled, connections }).toEqual({ connectSeconds: 3, session: 'primary', isPooled: true, connections: 4 })
  })

  test('hosts and database are shown, and nothing else', () => {
    expect(shownAddress(readDatabaseUrl('postgres://u:hunter2@[::1]:6000,b/db?password=hunter2'))).toBe('[::1]:6000,b:5432/db')
  })
})

describe('an address that cannot be honored is refused with a sentence:', () => {
  test.each([
    ['mysql://u:hunter2@h/db', 'is no address'],
    ['psql postgres://u:hunter2@h/db', 'is no address'],
    ['host=h password=hunter2', 'is no address'],
    ['postgres://u:hunter2%@h/db', 'is no address'],
    ['postgres://u:hunter2/more@h/db', 'is no address'],
    ['postgres://u:1/hunter2@h:5432/db', 'is no address'],
    ['postgres://u:1?x/hunter2@h:5432/db', 'is no address'],
    ['postgres://u:hunter2@h:port/db', 'is no address'],
    ['postgres://u:hunter2@::1/db', 'is no address'],
    ['postgres://u:hunter2@[h]/db', 'is no address'],
    ['postgres://u:hunter2@h:99999/db', 'has a port'],
    ['postgres://u:hunter2@h/db?sslmode=verify-ca', 'sslmode=verify-ca without sslrootcert'],
    ['postgres://u:hunter2@h/db?sslmode=hunter2', 'an sslmode that is unknown'],
    ['postgres://u:hunter2@h/db?sslmod=require', 'has sslmod, which is unknown'],
    ['postgres://u:hunter2@h/db?sslmode=disable&sslrootcert=system', 'it needs sslmode=verify-full'],
    ['postgres://u:hunter2@h/db?sslcert=/a.crt', 'a certificate needs its key'],
    ['postgres://u:hunter2@h/db?sslnegotiation=direct', 'it needs sslmode=require'],
    ['postgres://u:hunter2@h/db?sslcrl=/a.crl', 'has sslcrl'],
    ['postgres://u:hunter2@h/db?service=hk', 'has service'],
    ['postgres://u:hunter2@h/db?require_auth=scram-sha-256', 'has require_auth'],
    ['postgres://u:hunter2@h/db?gssencmode=require', 'gssencmode=require'],
    ['postgres://u:hunter2@h/db?target_session_attrs=read-only', 'target_session_attrs=read-only'],
    ['postgres://u:hunter2@h/db?connect_timeout=hunter2', 'connect_timeout=…, but it must be a whole number'],
    ['postgres://u:hunter2@/db?host=/tmp,h', 'a Unix socket'],
  ])('%s', (text, expected) => {
    const message = refusal(text)
    expect(message).toContain('DATABASE_URL')
    expect(message).toContain(expected)
    expect(message).not.toContain('hunter2')
  })
})

describe('a connection', () => {
  const opened: { end(): Promise<void> }[] = []
  afterAll(() => Promise.all(opened.map((sql) => sql.end())))

  test('sends no parameter to the server that is for a client', async () => {
    const url = await freshDatabase()
    const sql = connect(`${url}?channel_binding=prefer&sslmode=prefer&gssencmode=prefer&keepalives=1&supa=x&application_name=stats&connect_timeout=5&target_session_attrs=read-write&options=-c%20search_path%3Dhk`)
    opened.push(sql)
    const [row] = await sql`select current_setting('application_name') as name, current_setting('search_path') as path, current_setting('work_mem') as memory`
    expect(row).toEqual({ name: 'stats', path: 'hk', memory: '32MB' })
  })

  test('through a pooler leaves nothing on it, and takes its few parameters', async () => {
    const sql = connect(`${await freshDatabase()}?pgbouncer=true&connection_limit=1`)
    opened.push(sql)
    expect(sql.options.max).toBe(1)
    for (const id of [1, 2]) expect([...(await sql`select ${id}::int as id`)]).toEqual([{ id }])
    expect([...(await sql`select name from pg_prepared_statements`)]).toEqual([])
    const [row] = await sql`select current_setting('TimeZone') as zone, current_setting('work_mem') as memory`
    expect(row).toEqual({ zone: 'UTC', memory: '4MB' })
  })
})
