/**
 * What is rarely needed to have an item stored after all, loaded when it is.
 *
 * @module
 */
import { type Item, pathForm } from '../protocol.ts'
import { next } from './send.ts'
import { writeItem } from './write.ts'

/** Keeps items in place of others for the site's next page; see `unsent.ts`. */
type Keep = (tried: readonly string[], failed: readonly string[]) => unknown

/** What the core turns to where its own means do not do. */
export interface Rescue {
  prepare(item: Item, path: string, exclude?: readonly string[]): string | undefined
  shorten(batch: readonly string[], keep: Keep): string[]
  post(url: string, body: string): Promise<number>
}

/**
 * An item as JSON, where the page has replaced what writes it, it is too long, or paths are written in several ways;
 * `undefined` where it is excluded.
 */
export function prepare(item: Item, path: string, exclude: readonly string[] = []): string | undefined {
  const [page = '', fragment] = path.split(/(?=#)(.*)/s)
  const form = pathForm(page, fragment)
  return exclude.some((pattern) => matcher(pattern).test(form)) ? undefined : writeItem(item)
}

/** What fits a pattern of paths, in any spelling, as exclusions of the service do: `*` stands for any text, `\*` for a star. */
function matcher(pattern: string): RegExp {
  const marked = pattern.trim().replace(/\\?\*/g, (star) => (star === '*' ? '%01' : '%2A'))
  const [page = '', fragment] = marked.split(/(?=#)(.*)/s)
  const form = pathForm(resolve(page), fragment).replace(page.startsWith('%01') ? /^\/(?=%01)/ : '', '')
  return new RegExp(`^${form.replace(/\W/g, '\\$&').replaceAll('\\%01', '[^]*')}$`)
}

/** A path as browsers have it: absolute, without `.` and `..`. */
function resolve(path: string): string {
  try {
    const url = new URL('https://path.invalid')
    url.pathname = path
    return url.pathname
  } catch {
    // The page has a variable of this name.
    return path.replace(/^(?!\/)/, '/')
  }
}

/**
 * The item of a batch of one, as JSON, without the longest of its properties; without any, without its queries; none
 * where nothing more can be left out. It is kept in place of the longer one.
 */
export function shorten(batch: readonly string[], keep: Keep): string[] {
  const text = batch.join()
  const item = JSON.parse(text) as Item
  const sizes = Object.entries(item.props ?? {}).map(([name, value]) => ({ name, size: JSON.stringify(value).length }))
  const [longest] = sizes.sort((one, other) => other.size - one.size)
  if (longest) delete item.props?.[longest.name]
  else {
    item.url = item.url.replace(/\?[^#]*/, '')
    item.referrer = item.referrer?.replace(/\?[^#]*/, '') ?? ''
  }
  const shorter = [writeItem(item)].filter((one) => one !== text)
  keep(batch, shorter)
  return shorter
}

/** Posts a body past a `fetch` of the page that fails, or answers with something else than a response; as `send` does. */
export function post(url: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.onloadend = () => resolve(request.status ? next(request.status, request.getResponseHeader('retry-after')) : 0)
    request.open('POST', url)
    request.send(body)
  })
}
