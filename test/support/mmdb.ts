/**
 * Writes small place databases in MaxMind's format, of IPv4 only: "MaxMind DB File Format Specification 2.0",
 * maxmind.github.io/MaxMind-DB.
 *
 * @module
 */

/** What a record may hold. */
export type Entry = string | boolean | number | { readonly [key: string]: Entry }

/** A database in which each block (`203.0.113.0/24`) has a record. */
export function makeMmdb(records: Readonly<Record<string, Entry>>): Buffer {
  const nodes: [number | Buffer | undefined, number | Buffer | undefined][] = [[undefined, undefined]]
  for (const [block, record] of Object.entries(records)) {
    const [address = '', bits = '32'] = block.split('/')
    const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    let node = 0
    for (let depth = 0; depth < Number(bits); depth++) {
      const side = Math.floor(value / 2 ** (31 - depth)) % 2 === 1 ? 1 : 0
      const own = nodes[node] ?? [undefined, undefined]
      const next = own[side]
      if (depth === Number(bits) - 1) own[side] = encode(record)
      else if (typeof next === 'number') node = next
      else node = own[side] = nodes.push([undefined, undefined]) - 1
    }
  }
  const data: Buffer[] = []
  let size = 0
  const pointer = (to: number | Buffer | undefined) => {
    if (typeof to === 'number') return to
    if (to === undefined) return nodes.length
    data.push(to)
    size += to.length
    return nodes.length + 16 + size - to.length
  }
  const tree = nodes.flat().map(pointer).flatMap((to) => [to >> 16, (to >> 8) & 255, to & 255])
  return Buffer.concat([Buffer.from(tree), Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata(nodes.length)])
}

function metadata(nodes: number): Buffer {
  const fields: [string, Buffer][] = [
    ['node_count', integer(6, nodes)],
    ['record_size', integer(5, 24)],
    ['ip_version', integer(5, 4)],
    ['database_type', encode('Test')],
    ['languages', control(11, 0)],
    ['binary_format_major_version', integer(5, 2)],
    ['binary_format_minor_version', integer(5, 0)],
    ['build_epoch', integer(9, 1_700_000_000)],
    ['description', control(7, 0)],
  ]
  return Buffer.concat([control(7, fields.length), ...fields.flatMap(([name, value]) => [encode(name), value])])
}

function encode(entry: Entry): Buffer {
  if (typeof entry === 'string') return Buffer.concat([control(2, Buffer.byteLength(entry)), Buffer.from(entry)])
  if (typeof entry === 'boolean') return control(14, entry ? 1 : 0)
  if (typeof entry === 'number') {
    const double = Buffer.alloc(8)
    double.writeDoubleBE(entry)
    return Buffer.concat([control(3, 8), double])
  }
  const pairs = Object.entries(entry)
  return Buffer.concat([control(7, pairs.length), ...pairs.flatMap(([key, value]) => [encode(key), encode(value)])])
}

function integer(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = first === -1 ? Buffer.alloc(0) : bytes.subarray(first)
  return Buffer.concat([control(type, short.length), short])
}

/** The control byte of a field, for sizes below 285. */
function control(type: number, size: number): Buffer {
  const [head, more] = size < 29 ? [size, []] : [29, [size - 29]]
  return Buffer.from(type < 8 ? [(type << 5) | head, ...more] : [head, type - 7, ...more])
}
