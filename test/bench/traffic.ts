import { fillOrders, type Sql, type Transaction } from '../../server/store/index.ts'

/** How much traffic is made up. */
export interface Traffic {
  readonly siteId: string
  readonly pageviews: number
  readonly days: number
  /** Milliseconds since 1970: the traffic ends here, within the last of its days in UTC. */
  readonly now: number
}

/**
 * Makes up the traffic of a site inside of Postgres: visits of one to seven views, four on average, of 200 paths and
 * 30 countries. Values are skewed as real ones are: the most frequent country has 18 % of the visits, the
 * most frequent path 12 % of the views. One visitor of six comes twice on a day. Of the visits 3 % have an event, 1 %
 * a purchase, 5 % three vitals.
 */
export async function makeTraffic(sql: Sql, { siteId, pageviews, days, now }: Traffic): Promise<void> {
  const perDay = Math.round(pageviews / 4 / days)
  const lastDay = new Date(now).toISOString().slice(0, 10)
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`
    await tx`set local maintenance_work_mem = '512MB'`
    const restore = await dropIndexes(tx)
    await tx`select setseed(0.42)`
    await tx`
      create temp table made on commit drop as
      select gen_random_uuid() as visit_id, ${lastDay}::date - d as day, k,
             hashint8extended(d::bigint * 1000000007 + (k - (k % 6 = 0)::int), 7) as visitor_id,
             (${lastDay}::date - d)::timestamp at time zone 'UTC' + make_interval(secs => case k % 6
               when 5 then random() * 41400
               when 0 then 44100 + random() * 41000
               else random() * 85000 end) as started_at,
             1 + floor(random() * 7)::int as views, random() as r, random() as r2, random() as r3, random() as r4
      from generate_series(0, ${days - 1}) d, generate_series(1, ${perDay}) k`
    await tx`delete from made where started_at + make_interval(secs => views * 45) > ${new Date(now)}`
    await tx`
      insert into visits (site_id, visit_id, visitor_id, seq, started_at, last_at, first_id, pageviews, events,
                          entry_at, entry_page, exit_at, exit_page, hostname, referrer, source, channel, utm_source,
                          utm_campaign, country, region, city, lat, lon, device, browser, os, language)
      select ${siteId}, visit_id, visitor_id, 1, started_at, started_at + make_interval(secs => (views - 1) * 45), visit_id,
             views, (r4 < 0.03)::int + (r4 > 0.99)::int, started_at, '/page/' || floor(200 * r ^ 2.5), started_at,
             '/page/' || floor(200 * r2 ^ 2.5), 'shop.example', '', (array['', 'google', 'bing', 'newsletter', 'github',
             'duckduckgo', 'reddit', 'hackernews', 'chatgpt', 'linkedin', 'x', 'facebook'])[1 + floor(12 * r2 ^ 2)::int],
             (array['Direct', 'Organic Search', 'Referral', 'Email', 'Organic Social', 'AI Assistant'])[1 + floor(6 * r2 ^ 2)::int],
             case when r3 < 0.1 then 'newsletter' else '' end, case when r3 < 0.1 then 'campaign ' || floor(r3 * 100) else '' end,
             chr(65 + c) || 'X', 'Region ' || c || floor(r4 * 3), 'City ' || c || floor(r4 * 8), c, c,
             (array['desktop', 'mobile', 'tablet'])[1 + floor(3 * r4 ^ 2)::int],
             (array['Chrome', 'Safari', 'Firefox', 'Edge', 'Opera', 'Samsung Internet'])[1 + floor(6 * r ^ 2)::int],
             (array['Windows', 'iOS', 'Android', 'macOS', 'Linux'])[1 + floor(5 * r3 ^ 2)::int],
             (array['en', 'de', 'fr', 'es', 'ja', 'pt', 'it', 'nl', 'pl', 'tr'])[1 + floor(10 * r ^ 2)::int]
      from (select *, floor(30 * r3 ^ 2)::int as c from made) m`
    await tx`
      insert into items (site_id, id, type, at, received_at, visitor_id, visit_id, hostname, page)
      select ${siteId}, case step when 0 then visit_id else gen_random_uuid() end, 'pageview',
             started_at + make_interval(secs => step * 45), started_at, visitor_id, visit_id, 'shop.example',
             '/page/' || floor(200 * case step when 0 then r when views - 1 then r2 else random() end ^ 2.5)
      from made, generate_series(0, views - 1) step`
    await tx`
      insert into items (site_id, id, type, at, received_at, visitor_id, visit_id, hostname, page, name, props)
      select ${siteId}, gen_random_uuid(), 'event', started_at, started_at, visitor_id, visit_id, 'shop.example', '/page/0',
             case when r4 < 0.03 then 'Signup' else 'purchase' end,
             case when r4 < 0.03 then jsonb_build_object('plan', case when r < 0.5 then 'pro' else 'free' end)
                  else jsonb_build_object('transaction_id', visit_id, 'currency', 'EUR', 'value', round((r * 200)::numeric, 2)) end
      from made
      where r4 < 0.03 or r4 > 0.99`
    await tx`
      insert into items (site_id, id, type, at, received_at, visitor_id, visit_id, hostname, page, name, value)
      select ${siteId}, gen_random_uuid(), 'vital', started_at, started_at, visitor_id, visit_id, 'shop.example',
             '/page/' || floor(200 * r ^ 2.5), vital, (500 + 4000 * r2 ^ 2) * (case vital when 'CLS' then 0.0001 else 1 end)
      from made, unnest(array['LCP', 'INP', 'CLS']) vital
      where r4 > 0.5 and r4 < 0.55`
    await fillOrders(tx, siteId)
    await restore()
    await tx`
      update site_versions
      set seq = seq + 1, kinds = jsonb_build_object(
        'hits', jsonb_build_object('seq', seq + 1, 'total', ${pageviews}::int),
        'events', jsonb_build_object('seq', seq + 1, 'total', 0))
      where site_id = ${siteId}`
  })
  // It is in no journal yet.
  await sql`insert into takeovers (site_id) values (${siteId}) on conflict do nothing`
  await sql`set statement_timeout = 0`
  await sql`vacuum (analyze) items`
  await sql`vacuum (analyze) visits`
  await sql`vacuum (analyze) orders`
}

/** Drops the indexes of items and visits, as rows come faster without; returns what makes them again. */
async function dropIndexes(tx: Transaction): Promise<() => Promise<void>> {
  const found = await tx<{ name: string; made: string; main: string | null; of_table: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made,
           pg_get_constraintdef(c.oid) as main, i.indrelid::regclass::text as of_table
    from pg_index i
      left join pg_constraint c on c.conindid = i.indexrelid
    where i.indrelid in ('items'::regclass, 'visits'::regclass)`
  for (const { name, main, of_table } of found) {
    await tx.unsafe(main === null ? `drop index ${name}` : `alter table ${of_table} drop constraint ${name}`)
  }
  return async () => {
    for (const { name, made, main, of_table } of found) {
      await tx.unsafe(main === null ? made : `alter table ${of_table} add constraint ${name} ${main}`)
    }
  }
}

/** Gives each of the sites whose id begins with `small-` a hundred pageviews of as many visitors, over the last day. */
export async function makeSmallTraffic(sql: Sql, now: number): Promise<void> {
  await sql`
    with made as (
      select site_id, gen_random_uuid() as visit_id, n, hashint8extended(n, hashtext(site_id)) as visitor_id,
             ${new Date(now)}::timestamptz - make_interval(mins => n * 10) as at
      from sites, generate_series(1, 100) n
      where site_id like 'small-%'
    ), begun as (
      insert into visits (site_id, visit_id, visitor_id, seq, started_at, last_at, first_id, pageviews, events, country)
      select site_id, visit_id, visitor_id, 1, at, at, visit_id, 1, 0, 'DE' from made)
    insert into items (site_id, id, type, at, visitor_id, visit_id, page)
    select site_id, visit_id, 'pageview', at, visitor_id, visit_id, '/' || n % 20 from made`
  await sql`insert into takeovers (site_id) select site_id from sites where site_id like 'small-%' on conflict do nothing`
}
