import { commerceEvents } from './orders.ts'

/** An amount as it was read, and the currency that stood beside it. */
export interface Amount {
  /** To four places; negative for what is given back. */
  readonly amount: number
  /** Code of ISO 4217, where a code or a sign that means one currency stood beside the number. */
  readonly currency?: string
}

/** Amounts reach up to here, and down to its negative; excluded. */
const limit = 1e12
/** Longer texts are not amounts: one of this length has room for the largest one with its currency. */
const longest = 48

const signs: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR', '₩': 'KRW', '₽': 'RUB', '₺': 'TRY', '₴': 'UAH', '₪': 'ILS', '฿': 'THB', '₫': 'VND', '₱': 'PHP' }

/**
 * Reads an amount as shops write it: `1234.5`, `"1,234.56"`, `"1.234,56"`, `"1 234,56 €"`, `"EUR 12.50"`, `"-5"`,
 * `"(5.00)"`. `undefined` where it is none.
 *
 * Of two separators the last is the decimal one. One that stands several times separates thousands, and so does a single
 * comma before exactly three digits, unless a zero stands before it. A single point is the decimal one, as programs
 * write it; beside a currency it is as a comma.
 */
export function readAmount(value: unknown): Amount | undefined {
  if (typeof value === 'number') return within(value)
  if (typeof value !== 'string' || value.length > longest) return undefined
  const text = value.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/[\u2012-\u2014\u2212]/g, '-').trim()
  const bracketed = /^\((.*)\)$/.exec(text)
  // Sweden and Switzerland write a dash where there are no cents.
  const parts = /^((?:[^\d.,]*[\p{L}/]\.(?=\s))?[^\d.,]*)([\d.,'’ ]*\d[\d.,'’ ]*)(\D*)$/u.exec((bracketed?.[1] ?? text).replace(/(\d)[.,] ?-+/, '$1'))
  if (parts === null) return undefined
  const [, before = '', number = '', after = ''] = parts
  const unit = unitOf(before.replace('-', ''), after.replace('-', ''))
  const hasUnit = [before, after].some((side) => /[\p{L}\p{Sc}]/u.test(side))
  const plain = plainNumber(number.trim(), hasUnit ? decimalsOf(unit) : undefined)
  const minus = [before, after].filter((side) => side.includes('-')).length + (bracketed === null ? 0 : 1)
  if (unit === undefined || plain === undefined || minus > 1) return undefined
  const read = within(minus === 1 ? -Number(plain) : Number(plain))
  return read === undefined || unit === '' ? read : { ...read, currency: unit }
}

function within(number: number): Amount | undefined {
  // Through its digits, as those are what somebody wrote: 1.00005 is a little less in binary.
  const scaled = String(number).includes('e') ? number * 1e4 : Number(`${number}e4`)
  const amount = Number(`${Math.round(scaled)}e-4`)
  return Math.abs(amount) < limit ? { amount: amount === 0 ? 0 : amount } : undefined
}

const codes = new Set(Intl.supportedValuesOf('currency'))

/** The currency that stands before or after a number; `''` for none or an unknown one, `undefined` for other words. */
function unitOf(before: string, after: string): string | undefined {
  const [first, second] = [before, after].map((side) => side.trim().replace(/^\+$/, ''))
  const found = [...(first ? [currencyOf(first, false)] : []), ...(second ? [currencyOf(second, true)] : [])]
  if (found.includes(undefined)) return undefined
  return found.find((code) => code !== '') ?? ''
}

/** Words that multiply or measure a number: with these it is no amount. */
const measure = /^(?:x|mn|mm|mio|mil|mrd|bn|kg|lbs?|oz|ml|cm|km|min|pcs?|stk?)\.?$/i
/** Letters that do so after a number. Before it they stand for a currency, as `K` for the kwacha; `L` is the lempira on both sides. */
const measureAfter = /^(?:[kmbgdKMBGD]|l)\.?$/

function currencyOf(unit: string, isAfter: boolean): string | undefined {
  const code = unit.toUpperCase()
  if (codes.has(code)) return code
  if (measure.test(unit) || (isAfter && measureAfter.test(unit))) return undefined
  if (/^euros?$/i.test(unit)) return 'EUR'
  // A sign of several currencies, as $ and kr, says no more than that it is one.
  return signs[unit] ?? (/^(?=.{1,4}$)\p{L}{0,3}\p{Sc}\p{L}{0,2}$|^(?:\p{L}{1,3}|S\/)\.?$/u.test(unit) ? '' : undefined)
}

/**
 * The digits of a number with a point; `undefined` where its separators cannot be understood.
 *
 * @param decimals of its currency, where one stands beside it
 */
function plainNumber(text: string, decimals: number | undefined): string | undefined {
  const marks = [...text.matchAll(/[.,'’ ]/g)]
  const last = marks.at(-1)
  if (last === undefined) return text
  const [mark] = last
  const isOnly = marks.filter(([other]) => other === mark).length === 1
  const threeFollow = text.length - last.index === 4
  // Prices have two decimals in nearly all currencies: beside one, three digits are a group, after a point too.
  const isGroup = threeFollow && decimals !== 3 && !text.startsWith('0') && (mark === ',' || decimals !== undefined)
  const decimal = /[.,]/.test(mark) && isOnly && (marks.length > 1 || !isGroup)
  const whole = decimal ? text.slice(0, last.index) : text
  const fraction = decimal ? text.slice(last.index + 1) : ''
  // In groups of three, or of two above the first three as in India; 12 without them is as good.
  if (/[.,'’ ]/.test(whole) && !/^\d{1,3}([.,'’ ]\d{2,3})*[.,'’ ]\d{3}$/.test(whole)) return undefined
  if (new Set(whole.match(/[.,'’ ]/g)).size > 1) return undefined
  return `${whole.replace(/\D/g, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== ''

const eventNames = new Set<string>(Object.values(commerceEvents).flat())
const totals = ['value', 'revenue', 'total']

/** Properties with their amounts as numbers, and the first amount that could not be read. */
export interface ReadProps {
  readonly props: Readonly<Record<string, unknown>> | null
  readonly unread?: string
}

/**
 * Reads the amounts of an event of a shop: its `value`, `revenue` or `total`, and `price` and `quantity` of its products.
 * What can be read becomes a number; what cannot stays as it is, and is told. An amount named `value_minor` (and so on),
 * or all with `minor_units: true`, is in the smallest unit of the currency, as cents.
 */
export function readAmounts(name: string, props: Readonly<Record<string, unknown>> | null): ReadProps {
  if (props === null || !eventNames.has(name)) return { props }
  const read: Record<string, unknown> = { ...props }
  const unread: string[] = []
  let beside: string | undefined
  const code = typeof props.currency === 'string' ? props.currency : undefined
  const scale = (minor: boolean) => (minor ? 10 ** decimalsOf(code ?? beside) : 1)

  const take = (target: Record<string, unknown>, field: string, minor: boolean): void => {
    const raw = target[field]
    if (!isGiven(raw)) return
    const found = readAmount(raw)
    if (found === undefined) return void unread.push(`${field}: ${String(raw).slice(0, 60)}`)
    beside ??= found.currency
    target[field] = within(found.amount / scale(minor))?.amount
  }
  const all = props.minor_units === true
  const takeEach = (target: Record<string, unknown>, fields: readonly string[]): void => {
    for (const field of fields) {
      const minor = `${field}_minor`
      if (isGiven(target[minor]) && !isGiven(target[field])) {
        target[field] = target[minor]
        take(target, field, true)
      } else take(target, field, all)
    }
  }
  takeEach(read, totals)
  takeEach(read, ['price'])
  take(read, 'quantity', false)
  if (Array.isArray(read.items)) {
    read.items = read.items.map((line: unknown) => {
      if (typeof line !== 'object' || line === null || Array.isArray(line)) return line
      const product: Record<string, unknown> = { ...line }
      takeEach(product, ['price'])
      take(product, 'quantity', false)
      return product
    })
  }
  if (beside !== undefined && code === undefined) read.currency = beside
  // Once read they are not in minor units any more: what is stored may be read again.
  if (all) delete read.minor_units
  return { props: read, ...(unread[0] !== undefined && { unread: unread[0] }) }
}

/** Digits after the point of the currencies that are known: to ask the runtime for each amount would hold up the process. */
const decimals = new Map<string, number>()

/** Digits that a currency has after the point; 2 where it is not known. */
function decimalsOf(currency: string | undefined): number {
  const code = currency?.toUpperCase() ?? ''
  if (!codes.has(code)) return 2
  const known = decimals.get(code)
  if (known !== undefined) return known
  const found = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2
  decimals.set(code, found)
  return found
}
