/**
 * The service as a process that collects its garbage every second, so that its memory is what it holds.
 *
 * @module
 */
import { closeOnSignal, createLog, readConfig, startService } from '../../server/index.ts'

setInterval(() => Bun.gc(true), 1_000)
const starting = startService(readConfig(process.env), createLog('warn'))
closeOnSignal(starting)
console.log(`The service listens on http://127.0.0.1:${(await starting).port}`)
