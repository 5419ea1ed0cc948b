import { endpoint, figures, line, onlyPhones, ranges, share, withPhones } from '../page.ts'

const form = document.querySelector('form')
const site = document.querySelector('hk-site')
const list = site.querySelector('ul')
const table = site.querySelector('hk-table')

form.range.append(...ranges.map((range) => new Option(range)))
list.append(
  ...figures.map((metric) => {
    const item = document.createElement('li')
    const kpi = Object.assign(document.createElement('hk-kpi'), { metric, spark: true, textContent: metric })
    item.append(kpi)
    return item
  }),
)
const chart = site.querySelector('hk-chart')
Object.assign(site, { endpoint, share, range: '30d', filters: [] })
Object.assign(chart, { metric: figures[0], height: 200 })

/** What is chosen stands in the elements; the rest of the page follows them. */
function follow() {
  form.range.value = site.range ?? ''
  form.phones.checked = onlyPhones(site.filters)
  site.querySelector('h2').textContent = `${site.range ?? 'Days'}, ${site.filters.length} filters`
}

form.range.addEventListener('change', () => {
  Object.assign(site, { range: form.range.value, from: undefined, to: undefined })
  follow()
})
form.phones.addEventListener('change', () => {
  site.filters = withPhones(site.filters, form.phones.checked)
  follow()
})
form.rows.addEventListener('input', () => (table.limit = form.rows.valueAsNumber))
form.search.addEventListener('change', () => (table.search = form.search.checked))
form.table.addEventListener('change', () => (form.table.checked ? site.append(table) : table.remove()))
form.shown.addEventListener('change', () => (form.shown.checked ? form.after(site) : site.remove()))
form.turn.addEventListener('click', () => {
  list.append(...[...list.children].toReversed())
  chart.metric = list.firstElementChild.firstElementChild.metric
})

const log = document.querySelector('ol')
for (const type of ['hk-range-change', 'hk-filter-change', 'hk-change', 'hk-select']) {
  site.addEventListener(type, (event) => {
    const item = document.createElement('li')
    item.textContent = line(event)
    log.prepend(item)
    log.children[8]?.remove()
    // An event comes before what it tells of, so that it can be cancelled.
    queueMicrotask(follow)
  })
}
follow()
