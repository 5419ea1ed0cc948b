/**
 * Measures: `bun run bench NAME [--json FILE] [--quick] [--browser] [--vs PEER]`; without a name it lists them. How each
 * figure comes about stands at the head of the benchmark's file.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { Bed, type Benchmark, type Outcome } from './benchmark.ts'
import { commit } from './commit.ts'
import { fanout } from './fanout.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { type Machine, readMachine } from './machine.ts'
import { render } from './render.ts'
import { reports } from './reports.ts'
import { size } from './size.ts'
import { soak } from './soak.ts'
import { round } from './stats.ts'
import { formatTable } from './table.ts'
import { viewers } from './viewers.ts'

const benchmarks: readonly Benchmark[] = [commit, fanout, ingest, latency, render, reports, size, soak, viewers]

const usage = [
  'bun run bench NAME [--json FILE] [--quick] [--browser] [--vs PEER]',
  '',
  ...benchmarks.map(({ name, question }) => `  ${name.padEnd(9)} ${question}`),
  '',
  '  --json FILE  writes the figures with the facts of the machine',
  '  --quick      a few seconds, to see that it works: its figures say nothing',
  '  --browser    latency: up to a number in a real browser as well',
  '  --vs nchan   fanout: beside nginx with nchan, where it is installed',
].join('\n')

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean' },
      browser: { type: 'boolean' },
      vs: { type: 'string', multiple: true },
    },
  })
  const [name] = positionals
  const benchmark = benchmarks.find((one) => one.name === name)
  if (benchmark === undefined) {
    console.log(name === undefined ? usage : `There is no benchmark "${name}".\n\n${usage}`)
    return name === undefined ? 0 : 1
  }
  await using bed = new Bed()
  let ended = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!ended) void bed[Symbol.asyncDispose]().then(() => process.exit(130))
      ended = true
    })
  }
  const { quick = false, browser = false, vs = [] } = values
  const tell = (text: string) => console.error(`… ${text}`)
  const machine = readMachine()
  const outcome = await benchmark.run({ quick, browser, vs, bed, tell }).catch((error: unknown) => {
    // What fails because it was closed is no failure: the process exits when all is closed.
    if (ended) return new Promise<never>(() => undefined)
    throw error
  })
  const facts = outcome.postgres === undefined ? machine : { ...machine, postgres: outcome.postgres }
  show(outcome, facts)
  if (quick) console.log('\nThis was quick: the figures say that it works, no more.')
  if (values.json !== undefined) {
    const date = new Date().toISOString()
    const written = { benchmark: name, date, quick, machine: facts, figures: outcome.figures }
    await Bun.write(values.json, `${JSON.stringify(written, null, 2)}\n`)
  }
  return 0
}

function show({ tables, notes }: Outcome, { cpus, cpu, memory, load, system, bun, postgres }: Machine): void {
  for (const table of tables) console.log(`\n${formatTable(table)}`)
  console.log('')
  for (const note of notes) console.log(note)
  const versions = postgres === undefined ? `Bun ${bun}` : `Bun ${bun}, Postgres ${postgres}`
  const size = `${cpus} × ${cpu}, ${round(memory / 2 ** 30, 0)} GiB, ${system}`
  console.log(`${size}; ${versions}; load before the run ${load}`)
}

process.exit(await main())
