/**
 * The service without the store of items, as a process: `/ingest` reads, checks, judges and attributes what
 * arrives by the same code, and answers 202 without a transaction. What is left out is the group commit and
 * all that follows a commit. Sites, salts and share links are in Postgres as ever, so that the rest is real.
 *
 * @module
 */
import { closeOnSignal, createLog, readConfig, startService } from '../../server/index.ts'

const config = readConfig(process.env)
const group = {
  add: () => Promise.resolve(new Set<string>()),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}
const starting = startService({ ...config, port: 0, host: '127.0.0.1' }, createLog('warn'), { group })
closeOnSignal(starting)
console.log(`The bare service listens on http://127.0.0.1:${(await starting).port}`)
