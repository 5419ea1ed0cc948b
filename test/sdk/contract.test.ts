import { expect, test } from 'bun:test'

const here = import.meta.dir

test('each promise of the contract names a test that is there', async () => {
  const contract = await Bun.file(`${here}/../../sdk/CONTRACT.md`).text()
  const promises = [...contract.matchAll(/^\| ([A-Z]\d+) \|.*`([\w.-]+\.test\.ts)`: (.+?) \|$/gm)]
  expect(promises.length).toBe([...contract.matchAll(/^\| [A-Z]\d+ \|/gm)].length)
  for (const [, number, file, name] of promises) {
    const source = await Bun.file(`${here}/${file}`).text()
    expect(`${number} ${source.includes(name ?? '?') ? 'held' : `not held: ${name}`}`).toBe(`${number} held`)
  }
})
