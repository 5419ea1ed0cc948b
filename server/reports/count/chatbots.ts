import { type ChatbotNumbers, chatbotProperties, type ChatbotProperty, HkError } from '@hk-live/sdk/protocol'
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { amountOf, property } from '../../engine/index.ts'
import { chatbotCounts, type ChatbotCounts, chatbotEvents, noChatbotCounts, noChatbotNumbers } from '../chatbots.ts'
import { readOrder } from '../order.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import type { Buckets } from '../sources.ts'
import { bucketOf } from './buckets.ts'
import { type Count, selectionOf } from './counted.ts'
import { pageOf } from './page.ts'
import { goalsReached } from './patterns.ts'
import { relationOf, type Selection, within } from './relation.ts'

/**
 * What visitors did with the AI chatbots of a site, as its events tell: see the report.
 *
 * Goals assisted: a time for each goal that an item of a visitor reaches later than the visitor's first of these events
 * in the range, on the same day, as a visitor is not known for longer. Filters choose the events; what the visitor did
 * later counts wherever it was, as far as a share link lets it be seen.
 */
export const countChatbots: Count<'ai_chatbots'> = async (sources, asked) => {
  const { span, now, by: wanted = 'bot' } = asked
  const by = chatbotProperties.find((known) => known === wanted)
  if (by === undefined) {
    throw new HkError('bad_request', `"by" must be one of ${chatbotProperties.join(', ')}.`, { parameter: 'by' })
  }
  const order = readOrder(asked.sort, [...chatbotCounts, 'goals_assisted', 'response_ms', 'value'])
  const selection = selectionOf(sources, asked)
  const [total] = await sources.data.all<ChatbotNumbers>(sql`select * exclude (value) from (${numbersBy(selection, sql`''`)})`)
  const buckets = bucketsOf(span)
  const points = new Map((await countsByBucket(selection, buckets)).map(({ bucket, ...point }) => [bucket - 1, point]))
  return {
    ...(total ?? noChatbotNumbers),
    points: pointsOf(buckets, span, now, (bucket) => points.get(bucket) ?? noChatbotCounts),
    by,
    ...(await pageOf<ChatbotNumbers & { value: string }>(sources.data, numbersBy(selection, valueOf(by)), asked, order)),
  }
}

/** Counts by bucket, which counts from 1. */
function countsByBucket(selection: Selection, buckets: Buckets): Promise<readonly (ChatbotCounts & { readonly bucket: number })[]> {
  return selection.data.all(sql`
    select ${bucketOf(sql`i.at_us`, buckets)}::double as bucket, ${counts}
    ${eventsOf(selection)}
    group by 1`)
}

/** Numbers of events by a value, as a query of `value` and {@link ChatbotNumbers}. */
function numbersBy(selection: Selection, value: Sql): Sql {
  const { goals, span, filters } = selection
  const seen = relationOf({ goals, span, filters: filters.filter(({ locked }) => locked) })
  return sql`
    with told as materialized (
      select ${value} as value, i.visitor_id, i.at_us, i.name, ${responseTime} as response_ms ${eventsOf(selection)}
    ), assisted as (
      select t.value, sum(len(${goalsReached(goals)})) as goals_assisted
      from ${seen.from}
        join (select value, visitor_id, min(at_us) as first_at from told group by all) t
          on t.visitor_id = i.visitor_id and t.first_at < i.at_us
      where ${within(sql`i.at_us`, span)}${seen.where}
      group by 1
    )
    select n.value, ${join(chatbotCounts.map((name) => raw(`n.${name}`)))},
           coalesce(a.goals_assisted, 0)::double as goals_assisted, n.response_ms
    from (
      select i.value, ${counts}, median(i.response_ms::double) filter (where ${isOf(chatbotEvents.responses)}) as response_ms
      from told i
      group by 1) n
      left join assisted a using (value)`
}

/** Events `i` of chatbots, from `from` on. */
function eventsOf(selection: Selection): Sql {
  const { from, where } = relationOf(selection)
  const named = isOf(Object.values(chatbotEvents).flat())
  return sql`from ${from} where i.type = 'event' and ${named} and ${within(sql`i.at_us`, selection.span)}${where}`
}

function isOf(names: readonly string[]): Sql {
  return sql`i.name in (${join(names)})`
}

function valueOf(by: ChatbotProperty): Sql {
  const text = (name: string) => sql`json_extract_string(i.props, ${`/${name}`})`
  return sql`coalesce(nullif(${text(by)}, ''), ${text(by === 'bot' ? 'bot_id' : by)}, '')`
}

const counts = join(chatbotCounts.map((name) => sql`(count(*) filter (where ${isOf(chatbotEvents[name])}))::double as ${raw(name)}`))

const given = property(sql`i.props`, 'response_ms')
/** Milliseconds that a response took; null where that is negative. */
const responseTime = sql`case when not regexp_matches(${given}::varchar, '^"? *-') then ${amountOf(given)} end`
