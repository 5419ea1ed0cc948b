import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { registry, reportNames } from '../../server/reports/index.ts'
import { reads } from '../components/reads.ts'
import { openService, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

describe('a bad question', () => {
  test.each([
    ['range=8d', 'range'],
    ['from=2026-01-01', 'to'],
    ['to=2026-01-01', 'from'],
    ['from=2026-02-30&to=2026-03-01', 'from'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['interval=second', 'interval'],
    ['range=year&interval=minute', 'interval'],
    ['compare=then', 'compare'],
    ['filter=nonsense', 'filter'],
    ['filter=shoe:42', 'filter'],
    ['metrics=visitors,shoes', 'metrics'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['offset=-1', 'offset'],
    ['status=lost', 'status'],
    ['fliter=country:DE', 'fliter'],
    ['by=page', 'by'],
    ['search=a&funnel=b', 'search'],
  ])('%s is refused and names its parameter', async (query, parameter) => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/timeseries?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })

  test('of parameters that a report does not read names them all, in exports too', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const path = `/api/share/${token}/sites/${site}/reports`
    for (const asked of ['overview?', 'overview/export?format=csv&']) {
      const response = await service.fetch(`${path}/${asked}limit=3&range=7d&by=page`)
      expect(response.status).toBe(400)
      expect((await response.json()).detail).toContain('"limit", "by"')
    }
  })

  test('is one for the elements in their tests, too', () => {
    const known = reportNames.map((name) => [name, registry[name].parameters.toSorted()])
    expect(Object.entries(reads).map(([name, parameters]) => [name, [...parameters].sort()])).toEqual(expect.arrayContaining(known))
  })

  test('to a report that does not exist says which do', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/__proto__`)
    expect(response.status).toBe(404)
    expect((await response.json()).detail).toContain('overview')
  })

  test('with any parameters never ends in 500', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { visits: true, reports: reportNames })
    const common = ['range', 'from', 'to', 'interval', 'compare', 'filter', 'v']
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '7d',
        '2026-01-01',
        '+275760-09-13',
        'page:*%_\\',
        '!country:',
        'visitors',
        '-value',
        'hour',
        'previous',
        '1e3',
        'page',
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...reportNames).chain((report) => {
          const name = fc.constantFrom(...common, ...registry[report].parameters)
          return fc.record({ report: fc.constant(report), pairs: fc.array(fc.tuple(name, value), { maxLength: 5 }) })
        }),
        async ({ report, pairs }) => {
          const query = new URLSearchParams(pairs)
          const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/${report}?${query}`)
          expect([200, 400]).toContain(response.status)
          await response.text()
        },
      ),
      { numRuns: 200 },
    )
    expect(service.errors).toEqual([])
  })
})
