// Loaded before all tests of `bun test`: what they have opened together is closed after the last one.
import { afterAll } from 'bun:test'
import { stopCluster } from './postgres.ts'
import { endAll } from './process.ts'

afterAll(async () => {
  await endAll()
  await stopCluster()
  // The many databases of a whole run are written to disk as Postgres stops.
}, 60_000)
