/** Amounts as shops write them. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readAmount, readAmounts } from '../../server/store/amount.ts'

describe('an amount', () => {
  test.each<[unknown, number, string]>([
    [12.5, 12.5, ''],
    [-3, -3, ''],
    [0, 0, ''],
    ['1234.5', 1234.5, ''],
    ['1,234.56', 1234.56, ''],
    ['1.234,56', 1234.56, ''],
    ['1.234.567', 1234567, ''],
    ['1,234,567.89', 1234567.89, ''],
    ['12,34,567.89', 1234567.89, ''],
    ['1,234', 1234, ''],
    ['0,123', 0.123, ''],
    ['1.234', 1.234, ''],
    ['12,50', 12.5, ''],
    ['12,5', 12.5, ''],
    ['1.234 €', 1234, 'EUR'],
    ['1.234 KWD', 1.234, 'KWD'],
    ['.5', 0.5, ''],
    [',50', 0.5, ''],
    ['5.', 5, ''],
    ['€12.50', 12.5, 'EUR'],
    ['12,50 EUR', 12.5, 'EUR'],
    ['EUR 1.234,56', 1234.56, 'EUR'],
    ['1 234,56 €', 1234.56, 'EUR'],
    ['1\u202f234,56\u00a0€', 1234.56, 'EUR'],
    ["CHF 1'234.50", 1234.5, 'CHF'],
    ['1’234.50', 1234.5, ''],
    ['$1,234.56', 1234.56, ''],
    ['US$ 5', 5, ''],
    ['R$ 1.234,56', 1234.56, ''],
    ['129 kr', 129, ''],
    ['129,- kr.', 129, ''],
    ['1 299 Kč', 1299, ''],
    ['£5.00 GBP', 5, 'GBP'],
    ['usd 5', 5, 'USD'],
    ['Rs. 1,234.50', 1234.5, ''],
    ['kr. 1.234,50', 1234.5, ''],
    ['Fr. 12.50', 12.5, ''],
    ['S/. 12.50', 12.5, ''],
    ['руб. 12', 12, ''],
    ['L 12.50', 12.5, ''],
    ['L. 1,500.00', 1500, ''],
    ['K150.00', 150, ''],
    ['K 1,250', 1250, ''],
    ['D50', 50, ''],
    ['Q12.50', 12.5, ''],
    ['12.50 euro', 12.5, 'EUR'],
    [0.1 + 0.2 - 0.3, 0, ''],
    [1e-7, 0, ''],
    ['-5', -5, ''],
    ['−5,50', -5.5, ''],
    ['€-5', -5, 'EUR'],
    ['-€5', -5, 'EUR'],
    ['5.00-', -5, ''],
    ['(5.00)', -5, ''],
    ['($1,234.00)', -1234, ''],
    ['+5', 5, ''],
    ['１２.５０', 12.5, ''],
    ['\u200e12,50\u00a0€', 12.5, 'EUR'],
    ['99999999999.9999', 99999999999.9999, ''],
    [' 7 ', 7, ''],
    ['1.00005', 1.0001, ''],
  ])('%j is %d', (text, amount, currency) => {
    expect(readAmount(text)).toEqual({ amount, ...(currency !== '' && { currency }) })
  })

  test.each<[unknown]>([
    ['abc'], [''], ['.'], ['1e3'], ['1.2.3'], ['1,2,3'], ['12-34'], ['5 pieces of 3'], ['1.234,5678.9'], ['--5'], ['(-5)'], ['-5-'],
    [true], [null], [{}], [[5]], [1e12], [-1e12], ['1000000000000'], ['9'.repeat(60)], ['12 50'], ['1.23,456'], ['NaN'], ['Infinity'], ['0x10'], ['12.50 apples'], ['12k'], ['12 M'], ['x 5'], ['1.5 mio'], ['3x'], ['5 kg'], ['2 pcs.'],
  ])('%j is none', (text) => {
    expect(readAmount(text)).toBeUndefined()
  })

  test('is read as it was written, in each language and currency', () => {
    const languages = ['en-US', 'en-IN', 'de-DE', 'de-CH', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pt-BR', 'sv-SE', 'nb-NO', 'da-DK', 'pl-PL', 'cs-CZ', 'ja-JP', 'ko-KR', 'tr-TR', 'uk-UA', 'he-IL']
    const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'INR', 'SEK', 'PLN', 'CZK', 'BRL', 'KRW', 'TRY', 'UAH']
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.constantFrom(...currencies), fc.constantFrom('symbol', 'code', 'narrowSymbol'), fc.integer({ min: -99_999_999, max: 99_999_999 }), (language, currency, currencyDisplay, cents) => {
        const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: currencyDisplay as 'code' })
        const decimals = format.resolvedOptions().maximumFractionDigits ?? 0
        const amount = Number((cents / 10 ** decimals).toFixed(decimals))
        expect([format.format(amount), readAmount(format.format(amount))?.amount]).toEqual([format.format(amount), amount === 0 ? 0 : amount])
      }),
      { numRuns: 2_000 },
    )
  })

  test('never throws, and is finite, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: fc.constantFrom(...'0123456789.,-( )€$\'x') })), (value) => {
        const read = readAmount(value)
        if (read !== undefined) expect(Math.abs(read.amount)).toBeLessThan(1e12)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the amounts of an event', () => {
  test('become numbers, in the currency that stands beside them', () => {
    const props = { value: '1.234,56 €', items: [{ id: 'a', price: '12,50', quantity: '2' }], note: '1,5' }
    expect(readAmounts('purchase', props)).toEqual({
      props: { value: 1234.56, currency: 'EUR', items: [{ id: 'a', price: 12.5, quantity: 2 }], note: '1,5' },
    })
    expect(readAmounts('signup', props).props).toBe(props)
    expect(readAmounts('purchase', { value: '€5', currency: 'USD' }).props).toEqual({ value: 5, currency: 'USD' })
  })

  test('in minor units become those of the currency, and do so once', () => {
    const once = readAmounts('purchase', { value_minor: 1250, currency: 'EUR' }).props
    expect(once).toMatchObject({ value: 12.5 })
    expect(readAmounts('purchase', once).props).toEqual(once)
    const all = readAmounts('purchase', { value: 1250, minor_units: true, currency: 'JPY', items: [{ id: 'a', price: 1250 }] }).props
    expect(all).toEqual({ value: 1250, currency: 'JPY', items: [{ id: 'a', price: 1250 }] })
    expect(readAmounts('purchase', { value: null, value_minor: 1250, currency: 'EUR' }).props).toMatchObject({ value: 12.5 })
    expect(readAmounts('purchase', { total: '1250', minor_units: true, currency: 'KWD' }).props).toEqual({ total: 1.25, currency: 'KWD' })
  })

  test('that cannot be read stay as they are, and are told', () => {
    expect(readAmounts('purchase', { value: 'a lot', items: [{ price: '??' }, 5, null] })).toEqual({
      props: { value: 'a lot', items: [{ price: '??' }, 5, null] },
      unread: 'value: a lot',
    })
    expect(readAmounts('refund', { value: '' })).toEqual({ props: { value: '' } })
  })
})
