import type { Dimension, HkError, Point, RangeName, Row, Status, Visit } from '@hk-live/sdk'
import type { Compared } from './scope.ts'

const upwards = { bubbles: true, composed: true }

/** A shown value moved in a quiet refresh. `changed` names the metrics or rows that moved. */
export class HkChangeEvent<T = unknown> extends Event {
  readonly value: T
  readonly previous: T | undefined
  readonly changed: ReadonlySet<string>

  constructor(value: T, previous: T | undefined, changed: ReadonlySet<string>) {
    super('hk-change', upwards)
    this.value = value
    this.previous = previous
    this.changed = changed
  }
}

/** What was chosen: a row of a breakdown, a value that another report lists, or a point of a series. */
export type Selection = { dimension: Dimension; row: Row } | { dimension: Dimension; value: string } | { point: Point }

/** A row or point was chosen. Cancel it to keep a row from filtering the site around it. */
export class HkSelectEvent extends Event {
  readonly selection: Selection

  constructor(selection: Selection) {
    super('hk-select', { ...upwards, cancelable: true })
    this.selection = selection
  }
}

/** A site is about to have other filters. Cancel it to keep the present ones. */
export class HkFilterChangeEvent extends Event {
  readonly filters: readonly string[]
  readonly previous: readonly string[]
  /** What a reader calls the value of each filter, as the rows do: `Germany` for `country:DE`. */
  readonly names: readonly string[]

  constructor(filters: readonly string[], previous: readonly string[], names: readonly string[] = filters) {
    super('hk-filter-change', { ...upwards, cancelable: true })
    this.filters = filters
    this.previous = previous
    this.names = names
  }
}

/** A site is about to have another range. Cancel it to keep the present one. */
export class HkRangeChangeEvent extends Event {
  readonly range: RangeName | undefined
  readonly from: string | undefined
  readonly to: string | undefined

  constructor(range: RangeName | undefined, from: string | undefined, to: string | undefined) {
    super('hk-range-change', { ...upwards, cancelable: true })
    this.range = range
    this.from = from
    this.to = to
  }
}

/** A site is about to compare with something else. Cancel it to keep the present comparison. */
export class HkCompareChangeEvent extends Event {
  readonly compare: Compared | undefined
  readonly previous: Compared | undefined

  constructor(compare: Compared | undefined, previous: Compared | undefined) {
    super('hk-compare-change', { ...upwards, cancelable: true })
    this.compare = compare
    this.previous = previous
  }
}

/** The connection is in another state. */
export class HkStatusEvent extends Event {
  readonly status: Status

  constructor(status: Status) {
    super('hk-status', upwards)
    this.status = status
  }
}

/** Something cannot be shown: a bad attribute, a refused or a failed request. */
export class HkErrorEvent extends Event {
  readonly error: HkError

  constructor(error: HkError) {
    super('hk-error', upwards)
    this.error = error
  }
}

/** Visits came, the oldest first; `more` of them are known by number only. */
export class HkVisitEvent extends Event {
  readonly visits: readonly Visit[]
  readonly more: number

  constructor(visits: readonly Visit[], more: number) {
    super('hk-visit', upwards)
    this.visits = visits
    this.more = more
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'hk-change': HkChangeEvent
    'hk-select': HkSelectEvent
    'hk-filter-change': HkFilterChangeEvent
    'hk-range-change': HkRangeChangeEvent
    'hk-compare-change': HkCompareChangeEvent
    'hk-status': HkStatusEvent
    'hk-error': HkErrorEvent
    'hk-visit': HkVisitEvent
  }
}
