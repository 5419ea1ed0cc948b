/** Connects to each address that it is given, as the service does, and prints how that is protected, or why it failed. */
import process from 'node:process'
import { connect } from '../../server/store/connect.ts'

async function probe(address: string): Promise<string> {
  try {
    const sql = connect(address)
    const [row] = await sql<{ protection: string }[]>`
      select coalesce(version, 'none') as protection from pg_stat_ssl where pid = pg_backend_pid()`
    return row?.protection ?? ''
  } catch (error) {
    return String(error)
  }
}

console.log(JSON.stringify(await Promise.all(process.argv.slice(2).map(probe))))
process.exit(0)
