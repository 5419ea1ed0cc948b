/**
 * Rows of before paths and hosts had one form are kept as they were stored. What a share link hides by the spelling that it
 * was made with stays hidden, also where it was stored in that spelling; in no report there is a word of it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReportData } from '@hk-live/sdk/protocol'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** Noon of a day that is over, in milliseconds since 1970. */
const noon = new Date(Date.now() - 2 * 86_400_000).setUTCHours(12, 0, 0, 0)

/** A filter as a link was made with it, and a page and a host as they were stored. */
const spellings: readonly [string, { page?: string; hostname?: string }][] = [
  ['!page:/secret%2fb', { page: '/secret%2fb' }],
  ['!page:/secre%74', { page: '/secre%74' }],
  ['!page:/secret-cafe\u0301', { page: '/secret-cafe\u0301' }],
  ['!page:/secret-caf%C3%A9*', { page: '/secret-caf%C3%A9/x' }],
  ['!page:/secret//', { page: '/secret//' }],
  ['!page:/x/../secret', { page: '/x/../secret' }],
  ['!page:secret', { page: 'secret' }],
  ['!page:/secret?b=1', { page: '/secret?b=1' }],
  ['!page:https://shop.example/secret', { page: 'https://shop.example/secret' }],
  ['!entry_page:/secret%2fb', { page: '/secret%2fb' }],
  ['!exit_page:/secret-cafe\u0301', { page: '/secret-cafe\u0301' }],
  ['!hostname:SECRET.example', { hostname: 'SECRET.example' }],
  ['!hostname:secret.example:3000', { hostname: 'secret.example:3000' }],
  ['!hostname:Secret-MÜN*', { hostname: 'Secret-MÜNCHEN.example' }],
]

/** A site with a view that may be seen and one that may not, which is of another visitor and was stored by an older version. */
async function siteOf(page: string, hostname: string): Promise<string> {
  const { sql, roller, upkeep } = service.assembly
  const site = await service.makeSite({ timezone: 'UTC' })
  await service.sendFromServer(site, [
    serverView(1, noon, '/open'),
    serverView(2, noon, '/hidden'),
    serverView(2, noon, '/hidden', { type: 'event', name: 'event' }),
  ])
  await sql`update items set page = ${page}, hostname = ${hostname} where site_id = ${site} and page = '/hidden'`
  await sql`update visits set entry_page = ${page}, exit_page = ${page}, hostname = ${hostname} where site_id = ${site} and entry_page = '/hidden'`
  await sql`
    insert into ai_fetches (site_id, id, at, agent, family, category, hostname, path, status)
    values (${site}, ${crypto.randomUUID()}, ${new Date(noon)}, 'GPTBot', 'OpenAI', 'training', ${hostname}, ${page}, 200)`
  await sql`
    insert into unrolled_days (site_id, family, day)
    select ${site}, family, ${new Date(noon)}::date from unnest(array['traffic', 'goals']) family
    on conflict do nothing`
  // The journal is made of what was stored.
  await sql`delete from journal where site_id = ${site}`
  await sql`update site_versions set generation = generation + 1 where site_id = ${site}`
  await sql`insert into takeovers (site_id) values (${site})`
  await upkeep.idle()
  await roller.idle()
  return site
}

const questions = [
  'overview?', 'timeseries?', 'events?name=event', 'ai_visibility?by=page',
  ...['page', 'hostname', 'entry_page', 'exit_page', 'event'].flatMap((by) => [`breakdown?by=${by}`, `breakdown/export?format=csv&by=${by}`]),
]

describe('a link that hides what was stored in an old spelling', () => {
  test.each(spellings)('%j', async (filter, { page = '/secret', hostname = 'shop.example' }) => {
    const site = await siteOf(page, hostname)
    const shareWith = async (filters: string[]) => {
      const { id, token } = await service.makeShare(site)
      // Made by an older version, which looked at filters less closely.
      await service.assembly.sql`update shares set filters = ${filters} where site_id = ${site} and share_id = ${id}`
      return (question: string) => service.fetch(`/api/share/${token}/sites/${site}/reports/${question.replace('?', '?range=7d&')}`)
    }
    const [whole, part] = [await shareWith([]), await shareWith([filter])]
    const overview = async (ask: typeof whole): Promise<ReportData['overview']> => (await (await ask('overview?')).json()).data
    const by = filter.includes('hostname') ? 'hostname' : 'page'
    expect(await (await whole(`breakdown?by=${by}`)).text()).toContain(JSON.stringify(by === 'page' ? page : hostname))
    expect(await overview(whole)).toMatchObject({ pageviews: 2, events: 1, visitors: 2 })
    expect(await overview(part)).toMatchObject({ pageviews: 1, events: 0, visitors: 1 })
    for (const question of questions) {
      const answer = await part(question)
      const text = await answer.text()
      // Fetches have no visits: where a link looks at those, there is no report of them.
      const status = question.startsWith('ai') && /entry|exit/.test(filter) ? 400 : 200
      expect([question, answer.status, /secre/i.test(text)]).toEqual([question, status, false])
      if (question.startsWith('ai') && status === 200) expect(JSON.parse(text).data.fetches).toBe(0)
    }
  })
})
