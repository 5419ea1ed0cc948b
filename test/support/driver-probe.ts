/** Asks `DATABASE_URL` without waiting, with the safeguards of the service, and says whether it lives on. Bun and Deno. */
import process from 'node:process'
import { surviveLostSocket } from '../../server/main.ts'
import { connect } from '../../server/store/connect.ts'

surviveLostSocket()
if (process.argv.includes('--other')) void Promise.reject(new Error('of ours'))
const sql = connect(process.env['DATABASE_URL'] ?? '')
void sql`select pg_sleep(60)`.execute()
setTimeout(() => {
  console.log('lives on')
  process.exit(0)
}, 1_500)
