/** What is promised names the tests that hold it: these are there. */
import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../support/packages.ts'

describe('SECURITY.md', () => {
  test('names tests that are there', async () => {
    const text = await readFile(join(root, 'SECURITY.md'), 'utf8')
    const named = [...text.matchAll(/`(test\/[\w/.-]+\.ts)`/g)].map(([, path = '']) => path)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
