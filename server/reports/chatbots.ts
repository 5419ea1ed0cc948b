import {
  type ChatbotNumbers,
  chatbotProperties,
  type ChatbotProperty,
  HkError,
  reportKinds,
} from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database } from '../store/index.ts'
import { readOrder } from './order.ts'
import { pageOf } from './page.ts'
import type { Selection } from './plan.ts'
import type { Report } from './report.ts'
import { itemsOf } from './selection.ts'
import { bucketsOf, pointsOf } from './series.ts'
import { bucketOf } from './sources.ts'
import { columnsOf } from './table.ts'

/** Names of the events by what they count as; the first is the usual one. */
export const chatbotEvents = {
  chats: ['assistant.chat_started'],
  messages: ['assistant.message_sent'],
  responses: ['assistant.response_received', 'assistant.response_rendered'],
  citations_clicked: ['assistant.citation_clicked'],
  handoffs: ['assistant.handoff', 'assistant.handoff_requested'],
} as const

/** What is counted of them. */
export const chatbotCounts = ['chats', 'messages', 'responses', 'citations_clicked', 'handoffs'] as const

/** Counts of the events of chatbots. */
export type ChatbotCounts = Pick<ChatbotNumbers, (typeof chatbotCounts)[number]>

/** Counts of no events. */
export const noChatbotCounts: ChatbotCounts = { chats: 0, messages: 0, responses: 0, citations_clicked: 0, handoffs: 0 }
/** Numbers of no events. */
export const noChatbotNumbers: ChatbotNumbers = { ...noChatbotCounts, goals_assisted: 0, response_ms: null }
const numbers: ChatbotNumbers = {
  chats: 64,
  messages: 210,
  responses: 204,
  citations_clicked: 31,
  handoffs: 6,
  goals_assisted: 5,
  response_ms: 840,
}

/**
 * What visitors did with the AI chatbots of a site, as its events tell:
 *
 *     assistant.chat_started         a chat
 *     assistant.message_sent         a message of the visitor
 *     assistant.response_received    (or response_rendered) an answer; `response_ms`: milliseconds that it took
 *     assistant.citation_clicked     a source of an answer was opened
 *     assistant.handoff              (or handoff_requested) the visitor was passed to a person
 *
 * Each may say in its properties `bot` (or `bot_id`), `provider`, `model` and `surface` (where on the site).
 *
 * Goals assisted: a time for each goal that an item of a visitor reaches later than the visitor's first of these events
 * in the range, on the same day, as a visitor is not known for longer. Filters choose the events; what the visitor did
 * later counts wherever it was, as far as a share link lets it be seen.
 */
export const chatbots: Report<'ai_chatbots'> = {
  name: 'ai_chatbots',
  kinds: reportKinds.ai_chatbots,
  parameters: ['by', 'limit', 'offset', 'sort', 'search'],
  about: 'What visitors did with the AI chatbots of the site, in all, by interval, and by bot, provider, model or surface.',
  example: {
    ...numbers,
    points: [{ at: '2026-11-21T23:00:00.000Z', chats: 9, messages: 31, responses: 30, citations_clicked: 4, handoffs: 1 }],
    by: 'bot',
    rows: [{ value: 'Helper', ...numbers }],
    total: 1,
  },
  table: {
    columns: () => [...columnsOf('text', 'value'), ...columnsOf('number', ...chatbotCounts, 'goals_assisted', 'response_ms')],
    rows: ({ rows }) => rows,
  },
  async answer(sql, { site, span, filters, now, by: asked = 'bot', sort, ...page }) {
    const by = chatbotProperties.find((known) => known === asked)
    if (by === undefined) {
      throw new HkError('bad_request', `"by" must be one of ${chatbotProperties.join(', ')}.`, { parameter: 'by' })
    }
    const order = readOrder(sort, [...chatbotCounts, 'goals_assisted', 'response_ms', 'value'])
    const selection = { siteId: site.site_id, span, filters }
    const [total] = await sql<ChatbotNumbers[]>`
      select ${columns(sql)} from (${numbersBy(sql, selection, sql`''`)}) n`
    const points = await pointRows(sql, selection)
    const byBucket = new Map(points.map(({ bucket, ...point }) => [bucket - 1, point]))
    const rows = sql`select value, ${columns(sql)} from (${numbersBy(sql, selection, valueOf(sql, by))}) n`
    return {
      ...(total ?? noChatbotNumbers),
      points: pointsOf(bucketsOf(span), span, now, (bucket) => byBucket.get(bucket) ?? noChatbotCounts),
      by,
      ...(await pageOf(sql, rows, page, order)),
    }
  },
}

/** Numbers by bucket, which counts from 1. */
function pointRows(sql: Database, selection: Selection): Promise<(ChatbotCounts & { bucket: number })[]> {
  return sql`
    select ${bucketOf(sql, sql`i.at`, bucketsOf(selection.span))} as bucket, ${countColumns(sql)}
    from (${eventsOf(sql, selection)}) i
    group by 1`
}

/** Numbers of events `i` by a value, as a query of `value` and {@link ChatbotNumbers}. */
function numbersBy(sql: Database, selection: Selection, value: Fragment): Fragment {
  const { siteId, span, filters } = selection
  const locked = filters.filter((filter) => filter.locked)
  return sql`
    with told as materialized (
      select ${value} as group_key, i.* from (${eventsOf(sql, selection)}) i
    ), assisted as (
      select t.group_key, count(*) as goals_assisted
      from (select group_key, visitor_id, min(at) as first from told group by 1, 2) t
        join (${itemsOf(sql, { siteId, rest: [span], filters: locked }, 'goal')}) g
          on g.visitor_id = t.visitor_id and g.at > t.first
      group by 1
    )
    select group_key as value, n.*, coalesce(a.goals_assisted, 0) as goals_assisted
    from (
      select group_key, ${countColumns(sql)},
             percentile_cont(0.5) within group (order by amount_of(i.props -> 'response_ms')::float8)
               filter (where ${isOf(sql, chatbotEvents.responses)}) as response_ms
      from told i
      group by 1) n
      left join assisted a using (group_key)`
}

/** Events of chatbots, as a query of the columns of `itemsOf`; `value` is the name. */
function eventsOf(sql: Database, { siteId, span, filters }: Selection): Fragment {
  return sql`
    select i.*
    from (${itemsOf(sql, { siteId, rest: [span], filters }, 'event')}) i
    where ${isOf(sql, Object.values(chatbotEvents).flat())}`
}

function isOf(sql: Database, some: readonly string[]): Fragment {
  return sql`i.value = any(${[...some]}::text[])`
}

function valueOf(sql: Database, by: ChatbotProperty): Fragment {
  const alias = by === 'bot' ? 'bot_id' : by
  return sql`coalesce(nullif(i.props ->> ${by}, ''), i.props ->> ${alias}, '')`
}

function countColumns(sql: Database): Fragment {
  return sql`
    count(*) filter (where ${isOf(sql, chatbotEvents.chats)})::int as chats,
    count(*) filter (where ${isOf(sql, chatbotEvents.messages)})::int as messages,
    count(*) filter (where ${isOf(sql, chatbotEvents.responses)})::int as responses,
    count(*) filter (where ${isOf(sql, chatbotEvents.citations_clicked)})::int as citations_clicked,
    count(*) filter (where ${isOf(sql, chatbotEvents.handoffs)})::int as handoffs`
}

function columns(sql: Database): Fragment {
  return sql`chats, messages, responses, citations_clicked, handoffs, goals_assisted::int as goals_assisted, response_ms`
}
