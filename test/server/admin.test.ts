import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { reportNames } from '../../server/reports/index.ts'
import { createClient } from './client.ts'
import { openService, pageview, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

describe('sites', () => {
  test('are made, listed, changed and deleted', async () => {
    const site = await service.admin<{ id: string }>('/api/sites', {
      domain: 'https://www.Example.com/path',
      timezone: 'asia/tokyo',
      currency: 'JPY',
    })
    expect(site).toMatchObject({
      domain: 'example.com',
      name: 'example.com',
      timezone: 'Asia/Tokyo',
      currency: 'JPY',
      retention_days: null,
    })
    expect(JSON.stringify(site)).not.toContain('tenant')
    const { sites } = await service.admin<{ sites: { id: string }[] }>('/api/sites')
    expect(sites.map(({ id }) => id)).toContain(site.id)
    expect(
      await service.admin(`/api/sites/${site.id}`, { name: 'Shop', retention_days: 90 }, 'PATCH'),
    ).toMatchObject({ name: 'Shop', retention_days: 90, domain: 'example.com' })
    await service.send(site.id, [pageview()])
    await service.admin(`/api/sites/${site.id}`, undefined, 'DELETE')
    expect((await createClient(service, 'admin').get(`/api/sites/${site.id}`)).status).toBe(404)
    const rows = await service.assembly.sql`select 1 from items where site_id = ${site.id}`
    expect(rows.length).toBe(0)
  })

  test.each([
    [{}, 'domain'],
    [{ domain: '' }, 'domain'],
    [{ domain: 7 }, 'domain'],
    [{ domain: 'no domain' }, 'domain'],
    [{ domain: 'a.example', timezone: 'Mars/Base' }, 'timezone'],
    [{ domain: 'a.example', currency: 'euro' }, 'currency'],
    [{ domain: 'a.example', currency: 'eur' }, 'currency'],
    [{ domain: 'a.example', retention_days: 0 }, 'retention_days'],
    [{ domain: 'a.example', name: '\0' }, 'name'],
  ])('of %j is refused and names the field', async (body, parameter) => {
    const response = await createClient(service, 'admin').post('/api/sites', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })

  test('tell their streams and caches when settings change', async () => {
    const id = await service.makeSite()
    const { token } = await service.makeShare(id)
    const etag = async () =>
      (await service.fetch(`/api/share/${token}/sites/${id}/reports/overview`)).headers.get('etag')
    const before = await etag()
    await service.admin(`/api/sites/${id}`, { timezone: 'Asia/Kathmandu' }, 'PATCH')
    expect(await etag()).not.toBe(before)
  })
})

describe('API clients', () => {
  test('are revoked also where more go at once than there are connections', async () => {
    const labels = Array.from({ length: 40 }, (_, index) => `Client ${index}`)
    const made = await Promise.all(
      labels.map((label) => service.admin<{ id: string }>('/api/clients', { label, scopes: ['ingest'] })),
    )
    await Promise.all(made.map(({ id }) => service.admin(`/api/clients/${id}`, undefined, 'DELETE')))
    const { clients } = await service.admin<{ clients: { id: string }[] }>('/api/clients')
    expect(clients.filter(({ id }) => made.some((one) => one.id === id))).toEqual([])
  })
})

describe('share links', () => {
  test('are made with a token that is shown once, listed and revoked', async () => {
    const id = await service.makeSite({ name: 'Shop', timezone: 'Europe/Berlin' })
    const share = await service.makeShare(id, { label: 'Blog' })
    const listed = JSON.stringify(await service.admin(`/api/sites/${id}/shares`))
    expect(listed).toContain(share.id)
    expect(listed).not.toContain(share.token)
    expect(listed).not.toContain('hash')
    const info = await service.fetch(`/api/share/${share.token}`)
    expect(await info.json()).toEqual({
      site: { id, name: 'Shop', domain: 'shop.example', timezone: 'Europe/Berlin', currency: 'EUR' },
      allows: { reports: expect.arrayContaining(['overview', 'live']), live: true, visits: false, filters: [] },
      expires_at: null,
    })
    await service.admin(`/api/sites/${id}/shares/${share.id}`, undefined, 'DELETE')
    expect((await service.fetch(`/api/share/${share.token}`)).status).toBe(404)
    expect((await service.fetch(`/api/share/${share.token}/sites/${id}/reports/overview`)).status).toBe(404)
    const rows = await service.assembly
      .sql`select 1 from shares where encode(token_hash, 'escape') like ${`%${share.token}%`}`
    expect(rows.length).toBe(0)
  })

  test('limit reports and lock filters in', async () => {
    const id = await service.makeSite()
    await service.send(id, [pageview('/a'), pageview('/b')])
    const { token } = await service.makeShare(id, { reports: ['overview'], filters: ['page:/a'] })
    const ask = (report: string) => service.fetch(`/api/share/${token}/sites/${id}/reports/${report}`)
    expect((await (await ask('overview')).json()).data.pageviews).toBe(1)
    expect((await (await ask('overview?filter=page:/b')).json()).data.pageviews).toBe(0)
    expect((await (await ask('overview?filter=page:*')).json()).data.pageviews).toBe(1)
    expect((await (await ask('overview?filter=!page:/a')).json()).data.pageviews).toBe(0)
    expect((await ask('breakdown')).status).toBe(403)
  })

  test('show what is for those who run the site only where they name it', async () => {
    const id = await service.makeSite()
    const status = async (token: string) =>
      (await service.fetch(`/api/share/${token}/sites/${id}/reports/opportunities`)).status
    expect(await status((await service.makeShare(id)).token)).toBe(403)
    expect(await status((await service.makeShare(id, { reports: ['opportunities'] })).token)).toBe(200)
  })

  test('tell which reports they allow, and those alone are answered', async () => {
    const id = await service.makeSite()
    for (const settings of [
      {},
      { visits: true, live: false },
      { reports: ['imports', 'visits', 'events'], visits: true },
      { reports: [...reportNames], visits: true, filters: ['page:/a'] },
    ]) {
      const { token } = await service.makeShare(id, settings)
      const { allows } = await (await service.fetch(`/api/share/${token}`)).json()
      for (const report of reportNames) {
        const { status } = await service.fetch(`/api/share/${token}/sites/${id}/reports/${report}`)
        expect([report, status]).toEqual([report, allows.reports.includes(report) ? 200 : 403])
      }
    }
  })

  test('show values of properties only where they name the report of events', async () => {
    const id = await service.makeSite()
    const status = async (settings: object, path: string) => {
      const { token } = await service.makeShare(id, settings)
      const response = await service.fetch(`/api/share/${token}/sites/${id}/reports/events${path}`)
      await response.body?.cancel()
      return response.status
    }
    for (const path of ['?name=signup&property=plan', '/export?format=csv&name=signup&property=plan']) {
      expect(await status({}, path)).toBe(403)
      expect(await status({ reports: ['events'] }, path)).toBe(200)
    }
    expect(await status({}, '?name=signup')).toBe(200)
  })

  test('answer the origins they allow and no others', async () => {
    const id = await service.makeSite()
    const { token } = await service.makeShare(id, { allowed_origins: ['https://blog.example'] })
    const from = (origin: string) =>
      service.fetch(`/api/share/${token}/sites/${id}/reports/overview`, { headers: { origin } })
    const allowed = await from('https://blog.example')
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    expect((await from('https://evil.example')).status).toBe(403)
    expect(allowed.headers.get('vary')).toContain('origin')
  })

  test('ask for their password', async () => {
    const id = await service.makeSite()
    const { token } = await service.makeShare(id, { password: 'open sesame' })
    const ask = (headers: Record<string, string>) =>
      service.fetch(`/api/share/${token}/sites/${id}/reports/overview`, { headers })
    expect((await ask({})).status).toBe(401)
    expect((await ask({ 'x-hk-password': 'open barley' })).status).toBe(401)
    expect((await ask({ 'x-hk-password': 'open sesame' })).status).toBe(200)
  })

  test('end when they expire', async () => {
    let clock = Date.now()
    await using own = await openService({ now: () => clock })
    const id = await own.makeSite()
    const { token } = await own.makeShare(id, { expires_at: new Date(clock + 60_000).toISOString() })
    expect((await own.fetch(`/api/share/${token}`)).status).toBe(200)
    clock += 60_000
    expect((await own.fetch(`/api/share/${token}`)).status).toBe(404)
  })

  test.each([
    [{ reports: ['shoes'] }, 'reports'],
    [{ filters: ['shoes:1'] }, 'filter'],
    [{ allowed_origins: ['blog.example'] }, 'allowed_origins'],
    [{ expires_at: '2020-01-01' }, 'expires_at'],
    [{ live: 'yes' }, 'live'],
    [{ password: 'abc' }, 'password'],
    [{ password: 'größe' }, 'password'],
  ])('of %j are refused and name the field', async (body, parameter) => {
    const id = await service.makeSite()
    const response = await createClient(service, 'admin').post(`/api/sites/${id}/shares`, body)
    expect([response.status, (await response.json()).parameter]).toEqual([400, parameter])
  })
})

describe('API clients', () => {
  test('may do what their scopes say, on their sites', async () => {
    const [one, two] = [await service.makeSite(), await service.makeSite()]
    const made = await service.admin<{ id: string; token: string }>('/api/clients', {
      label: 'Site one',
      scopes: ['reports:read', 'ingest'],
      sites: [one],
    })
    const client = createClient(service, made.token)
    expect((await client.get(`/api/sites/${one}/reports/overview`)).status).toBe(200)
    expect((await client.get(`/api/sites/${two}/reports/overview`)).status).toBe(404)
    expect((await client.post(`/api/sites/${one}/ingest`, { items: [] })).status).toBe(202)
    expect((await client.post(`/api/sites/${one}/shares`, {})).status).toBe(403)
    expect((await client.get('/api/clients')).status).toBe(403)
    expect((await client.post('/api/sites', { domain: 'new.example' })).status).toBe(403)
    expect((await (await client.get('/api/sites')).json()).sites.map(({ id }: { id: string }) => id)).toEqual(
      [one],
    )
    await service.admin(`/api/clients/${made.id}`, undefined, 'DELETE')
    expect((await client.get(`/api/sites/${one}/reports/overview`)).status).toBe(401)
  })

  test('are listed without their tokens', async () => {
    const { token } = await service.admin<{ token: string }>('/api/clients', {
      label: 'x',
      scopes: ['ingest'],
    })
    const listed = JSON.stringify(await service.admin('/api/clients'))
    expect(listed).not.toContain(token)
    expect(listed).not.toContain('hash')
  })

  test.each([
    [{ scopes: ['ingest'] }, 'label'],
    [{ label: 'x', scopes: [] }, 'scopes'],
    [{ label: 'x', scopes: ['root'] }, 'scopes'],
    [{ label: 'x', scopes: ['ingest'], sites: ['nosuchsite'] }, 'sites'],
  ])('of %j are refused and name the field', async (body, parameter) => {
    const response = await createClient(service, 'admin').post('/api/clients', body)
    expect([response.status, (await response.json()).parameter]).toEqual([400, parameter])
  })

  test('of another tenant see nothing of this one', async () => {
    const { sql } = service.assembly
    const site = await service.makeSite()
    const { id: share } = await service.makeShare(site)
    const { id: mine } = await service.admin<{ id: string }>('/api/clients', {
      label: 'mine',
      scopes: ['ingest'],
    })
    const { id: theirs, token } = await service.admin<{ id: string; token: string }>('/api/clients', {
      label: 'theirs',
      scopes: ['admin'],
    })
    await sql`insert into tenants (tenant_id, name) values ('other', 'Other')`
    await sql`update api_clients set tenant_id = 'other' where client_id = ${theirs}`
    const other = createClient(service, token)
    expect((await (await other.get('/api/sites')).json()).sites).toEqual([])
    expect((await other.get(`/api/sites/${site}`)).status).toBe(404)
    expect((await other.get(`/api/sites/${site}/reports/overview`)).status).toBe(404)
    expect((await other.get(`/api/sites/${site}/realtime`)).status).toBe(404)
    expect((await other.send('PATCH', `/api/sites/${site}`, { name: 'Mine now' })).status).toBe(404)
    expect((await other.send('DELETE', `/api/sites/${site}`)).status).toBe(404)
    expect((await other.send('DELETE', `/api/sites/${site}/shares/${share}`)).status).toBe(404)
    expect((await other.send('DELETE', `/api/clients/${mine}`)).status).toBe(404)
    expect((await other.post(`/api/sites/${site}/ingest`, { items: [] })).status).toBe(404)
    expect((await other.post('/api/clients', { label: 'x', scopes: ['ingest'], sites: [site] })).status).toBe(
      400,
    )
  })
})

describe('the HTTP surface', () => {
  test('answers preflights, and pages of any origin without cookies', async () => {
    const preflight = await service.fetch('/api/share/x/sites/y/reports/overview', {
      method: 'OPTIONS',
      headers: { origin: 'https://blog.example' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('if-none-match')
    const refused = await service.fetch('/api/sites')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-allow-credentials')).toBeNull()
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('says in plain words what it does not know', async () => {
    const nowhere = await service.fetch('/nowhere')
    expect([nowhere.status, await nowhere.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'not_found', detail: 'There is nothing at this address.' }),
    ])
    const broken = await createClient(service, 'admin').raw('/api/sites', '{"domain":')
    expect([broken.status, (await broken.json()).code]).toEqual([400, 'bad_request'])
  })

  test('marks its internal routes in the OpenAPI document', async () => {
    const { paths } = await (await service.fetch('/openapi/json')).json()
    for (const path of [
      '/api/sites/{id}/realtime',
      '/api/share/{token}/sites/{id}/realtime',
      '/api/sites/{id}/changes',
      '/api/share/{token}/sites/{id}/changes',
      '/api/user/bootstrap',
    ]) {
      expect(paths[path].get['x-internal']).toBe(true)
    }
    expect(paths['/api/sites/{id}/reports/{report}'].get['x-internal']).toBeUndefined()
  })

  test('tells whether it lives and whether it is ready', async () => {
    expect((await service.fetch('/healthz')).status).toBe(200)
    expect((await service.fetch('/readyz')).status).toBe(200)
  })
})
