/** Routes of annotations: what they take, who may read them, and how many there may be. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, type TestService } from '../support/service.ts'
import { createClient, refusal } from './client.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService
let admin: ReturnType<typeof createClient>

beforeAll(async () => {
  service = await openService({ now: () => now })
  admin = createClient(service, 'admin')
})
afterAll(() => service[Symbol.asyncDispose]())

interface Made {
  readonly id: string
}

const annotation = { at: '2026-11-01T09:00:00Z', text: 'Version 2' }

describe('annotations', () => {
  test('are made, listed in order of time, changed and deleted', async () => {
    const path = `/api/sites/${await service.makeSite()}/annotations`
    const late = await service.admin<Made>(path, { text: ' Out ' })
    expect(late).toMatchObject({ text: 'Out', at: new Date(now).toISOString() })
    const made = await service.admin<Made>(path, { at: '2026-11-01T10:00:00+01:00', text: 'Version 2' })
    expect(made).toMatchObject({ at: '2026-11-01T09:00:00.000Z', text: 'Version 2' })
    expect(await service.admin(path)).toEqual({ annotations: [made, late] })
    expect(await service.admin(`${path}/${made.id}`)).toEqual(made)
    const at = '2026-11-03T16:00:00.000Z'
    expect(await service.admin(`${path}/${made.id}`, { at }, 'PATCH')).toEqual({ ...made, at })
    expect(await service.admin(path)).toEqual({ annotations: [late, { ...made, at }] })
    await service.admin(`${path}/${late.id}`, undefined, 'DELETE')
    expect(await service.admin(path)).toEqual({ annotations: [{ ...made, at }] })
    expect((await admin.send('PATCH', `${path}/${late.id}`, { text: 'x' })).status).toBe(404)
  })

  test.each([
    [{ at: annotation.at }, 'text'],
    [{ text: '' }, 'text'],
    [{ text: 'x'.repeat(501) }, 'text'],
    [{ ...annotation, at: 'soon' }, 'at'],
    [{ ...annotation, at: '2026-02-30T00:00:00Z' }, 'at'],
    [{ ...annotation, at: '+010000-01-01T00:00:00Z' }, 'at'],
  ])('of %j are refused and name the field', async (body, parameter) => {
    const response = await admin.post(`/api/sites/${await service.makeSite()}/annotations`, body)
    expect(await refusal(response)).toEqual([400, 'bad_request', parameter])
  })

  test('are at most 1,000 a site', async () => {
    const site = await service.makeSite()
    await service.assembly.sql`
      insert into annotations (site_id, annotation_id, at, text)
      select ${site}, 'note-' || n, now(), 'Note' from generate_series(1, 1000) n`
    expect((await admin.post(`/api/sites/${site}/annotations`, annotation)).status).toBe(409)
  })

  test('are read by share links of their site, and by no other', async () => {
    const site = await service.makeSite()
    const made = await service.admin(`/api/sites/${site}/annotations`, annotation)
    const { token } = await service.makeShare(site)
    const shared = await service.fetch(`/api/share/${token}/sites/${site}/annotations`)
    expect(await shared.json()).toEqual({ annotations: [made] })
    const { token: other } = await service.makeShare(await service.makeSite())
    expect((await service.fetch(`/api/share/${other}/sites/${site}/annotations`)).status).toBe(404)
    const { token: locked } = await service.makeShare(site, { password: 'open sesame' })
    expect((await service.fetch(`/api/share/${locked}/sites/${site}/annotations`)).status).toBe(401)
  })

  test('come with the series of their range, to those who may read them, and are fresh with it', async () => {
    const site = await service.makeSite()
    const path = `/api/sites/${site}/annotations`
    for (const at of ['2026-10-31T23:59:59.999Z', '2026-11-01T00:00:00Z', '2026-11-02T23:59:59.999Z', '2026-11-03T00:00:00Z']) {
      await service.admin(path, { at, text: at })
    }
    const series = `sites/${site}/reports/timeseries?from=2026-11-01&to=2026-11-02`
    const told = async (url: string) => {
      const { data } = await (await service.fetch(url)).json()
      return (data.annotations ?? []).map(({ text }: { text: string }) => text)
    }
    const { token } = await service.makeShare(site)
    const { token: part } = await service.makeShare(site, { filters: ['page:/blog*'] })
    const within = ['2026-11-01T00:00:00Z', '2026-11-02T23:59:59.999Z']
    expect(await told(`/api/share/${token}/${series}`)).toEqual(within)
    expect(await told(`/api/share/${token}/${series}&filter=country:DE`)).toEqual(within)
    expect(await told(`/api/share/${part}/${series}`)).toEqual([])
    await service.admin(path, { at: '2026-11-01T12:00:00Z', text: 'Between' })
    expect(await told(`/api/share/${token}/${series}`)).toEqual(within.toSpliced(1, 0, 'Between'))
  })

  test('are not for share links that see a part of the site, or no series', async () => {
    const site = await service.makeSite()
    const status = async (settings: object) => {
      const { token } = await service.makeShare(site, settings)
      return (await service.fetch(`/api/share/${token}/sites/${site}/annotations`)).status
    }
    expect(await status({ reports: ['timeseries'] })).toBe(200)
    expect(await status({ reports: ['overview'] })).toBe(403)
    expect(await status({ filters: ['page:/blog*'] })).toBe(403)
  })
})
