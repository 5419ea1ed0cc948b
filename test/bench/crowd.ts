/**
 * The readers of `fanout`, as a process: so many sockets that ask for one stream and keep what they get
 * apart from each other. Prints `open` when all have had the first bytes, then for each event that carries a
 * mark, once all have it, a line of JSON with its times: milliseconds since 1970 to the microsecond. With
 * `--waves` the sockets are opened and dropped so many times, and only `waves` is printed in the end.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { quantile } from './stats.ts'

/** When an event was there, to its last byte: at the middle reader, at 99 of 100, and at the last one. */
export interface Delivery {
  readonly mark: string
  readonly p50: number
  readonly p99: number
  readonly last: number
}

interface State {
  text: string
  greeted: boolean
}

const now = () => performance.timeOrigin + performance.now()

async function main(): Promise<void> {
  const text = { type: 'string', default: '' } as const
  const { values } = parseArgs({
    options: { url: text, readers: text, marks: text, waves: { type: 'string', default: '0' } },
  })
  const url = new URL(values.url)
  const [readers, waves] = [Number(values.readers), Number(values.waves)]
  const marks = new RegExp(values.marks)
  const arrived = new Map<string, number[]>()
  let greeted = 0
  let told: (() => void) | undefined

  function take(state: State, bytes: Uint8Array): void {
    const time = now()
    const events = (state.text + Buffer.from(bytes).toString('latin1')).split('\n\n')
    state.text = events.pop() ?? ''
    if (!state.greeted) {
      state.greeted = true
      greeted++
      if (greeted === readers) told?.()
    }
    for (const event of events) {
      const mark = marks.exec(event)?.[1]
      if (mark === undefined) continue
      const times = arrived.get(mark) ?? []
      arrived.set(mark, times)
      times.push(time)
      if (times.length < readers) continue
      const [p50, p99, last] = [quantile(times, 0.5), quantile(times, 0.99), Math.max(...times)]
      const delivery: Delivery = { mark, p50, p99, last }
      console.log(JSON.stringify(delivery))
      arrived.delete(mark)
    }
  }

  async function open(number: number) {
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
    return Bun.connect<State>({
      hostname: url.hostname,
      port: Number(url.port),
      data: { text: '', greeted: false },
      socket: {
        open(socket) {
          socket.write(
            `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/event-stream\r\nX-Forwarded-For: ${address}\r\n\r\n`,
          )
        },
        data: (socket, bytes) => take(socket.data, bytes),
      },
    })
  }

  /** Opens all, some at a time, and waits until each has had its first bytes. */
  async function openAll() {
    greeted = 0
    const all = new Promise<void>((resolve) => (told = resolve))
    const sockets: Awaited<ReturnType<typeof open>>[] = []
    for (let at = 0; at < readers; at += 100) {
      const some = Array.from({ length: Math.min(100, readers - at) }, (_, index) => open(at + index))
      sockets.push(...(await Promise.all(some)))
    }
    await all
    return sockets
  }

  if (waves === 0) {
    await openAll()
    console.log('open')
    return
  }
  for (let wave = 0; wave < waves; wave++) {
    for (const socket of await openAll()) socket.terminate()
    await Bun.sleep(50)
  }
  console.log('waves')
  process.exit(0)
}

if (import.meta.main) await main()
