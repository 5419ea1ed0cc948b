import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { createMeter, type Terminal } from '../logs/index.ts'
import { type Api, CommandError } from './api.ts'
import { type Options, siteOf } from './manage.ts'

/** `hk takeout --site ID --out FILE`: all of a site. A file has its name once it is whole; one that ends with `.gz` is packed. */
export async function takeOut(
  api: Api,
  _words: readonly string[],
  options: Options,
  terminal: Terminal = process.stderr,
): Promise<string> {
  const { out } = options
  if (typeof out !== 'string') throw new CommandError('Usage: hk takeout --site ID --out FILE')
  const { id, domain } = await siteOf(api, options)
  const draw = createMeter(terminal)
  const part = `${out}.part`
  let lines = 0
  let tail = ''
  async function* watched(): AsyncGenerator<Uint8Array> {
    const decoder = new TextDecoder()
    for await (const chunk of await api.read(`/api/sites/${id}/takeout`)) {
      const text = decoder.decode(chunk, { stream: true })
      lines += text.split('\n').length - 1
      tail = (tail + text).slice(-200)
      draw({ text: `${lines.toLocaleString('en')} lines`, done: false })
      yield chunk
    }
  }
  try {
    const packers = out.endsWith('.gz') ? [createGzip()] : []
    await pipeline([Readable.from(watched()), ...packers, createWriteStream(part)])
    if (!/\{"type":"end","lines":\d+\}\n$/.test(tail)) throw new CommandError('it was cut short before its last line')
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    throw new CommandError(`${out} could not be written to its end: ${reason}.`)
  }
  draw({ text: `done: ${lines.toLocaleString('en')} lines`, done: true })
  return `Wrote all of ${domain} to ${out}: ${lines.toLocaleString('en')} lines. hk import takeout ${out} reads it.`
}
