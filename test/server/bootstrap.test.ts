import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { reportNames } from '../../server/reports/index.ts'
import { openService, pageview, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

const path = '/api/user/bootstrap'

describe('what a dashboard needs first', () => {
  test('is the sites of its token with their positions, what it may do, and what there is', async () => {
    const [mine, other] = [
      await service.makeSite({ name: 'Shop', timezone: 'Asia/Tokyo' }),
      await service.makeSite(),
    ]
    const made = {
      label: 'Wall',
      scopes: ['reports:read'],
      sites: [mine],
      expires_at: '2099-01-01T00:00:00Z',
    }
    const { token, id } = await service.admin<{ token: string; id: string }>('/api/clients', made)
    await service.send(mine, [pageview()])
    const response = await createClient(service, token).get(path)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = await response.json()
    expect(answer).toMatchObject({
      protocol: 1,
      client: { id, label: 'Wall', permissions: ['reports:read'], expires_at: '2099-01-01T00:00:00.000Z' },
      sites: [
        {
          id: mine,
          name: 'Shop',
          timezone: 'Asia/Tokyo',
          position: expect.stringMatching(/^[0-9a-z]{8}\.1$/),
        },
      ],
      features: { reports: reportNames },
    })
    expect(JSON.stringify(answer)).not.toContain(other)
    expect(JSON.stringify(answer)).not.toContain('tenant')
  })

  test('of a token with more rights includes what they imply', async () => {
    const { client } = await service.admin<{ client: { permissions: string[] } }>(path)
    expect(client.permissions).toEqual(['reports:read', 'ingest', 'manage', 'admin'])
  })

  test('is for holders of a token only', async () => {
    expect((await service.fetch(path)).status).toBe(401)
    expect((await createClient(service, 'made-up').get(path)).status).toBe(401)
  })
})
