import type { Browser } from 'puppeteer-core'
import { connect, type Sql } from '../../server/store/connect.ts'
import { openBrowser } from './browser.ts'
import { freshDatabase } from './postgres.ts'
import { spawnService } from './process.ts'

/** A service in a process of its own with its database, and a browser that is taken for a person's. */
export interface Tracked extends AsyncDisposable {
  readonly url: string
  readonly sql: Sql
  readonly browser: Browser
  /** Makes a site, and returns its id. */
  makeSite(): Promise<string>
}

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
/** Headless browsers name themselves, and are left out as bots. */
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'

/** Opens what a test of the tracker as pages load it needs. */
export async function openTracked(): Promise<Tracked> {
  const database = await freshDatabase()
  const service = await spawnService({ DATABASE_URL: database, HK_ADMIN_TOKEN: token })
  const sql = connect(database)
  const browser = await openBrowser(`--user-agent=${agent}`)
  return {
    url: service.url,
    sql,
    browser,
    async makeSite() {
      const made = await fetch(`${service.url}/api/sites`, { method: 'POST', headers, body: JSON.stringify({ domain: 'shop.example' }) })
      return (await made.json()).id
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await sql.end()
      await service.kill('SIGINT')
    },
  }
}
