import { createSignal, For, Show } from 'solid-js'
import html from 'solid-js/html'
import { render } from 'solid-js/web'
import { endpoint, figures, line, onlyPhones, ranges, share, withPhones } from '../page.ts'

function App() {
  const [shown, setShown] = createSignal(true)
  const [period, setPeriod] = createSignal({ range: '30d' })
  const [filters, setFilters] = createSignal([])
  const [rows, setRows] = createSignal(5)
  const [search, setSearch] = createSignal(false)
  const [table, setTable] = createSignal(true)
  const [metrics, setMetrics] = createSignal(figures)
  const [lines, setLines] = createSignal([])
  const tell = (event) => setLines((before) => [line(event), ...before].slice(0, 8))

  // The page has the state: it takes over what a reader chooses in the elements.
  const takePeriod = (event) => {
    event.preventDefault()
    setPeriod({ range: event.range, from: event.from, to: event.to })
    tell(event)
  }
  const takeFilters = (event) => {
    event.preventDefault()
    setFilters(event.filters)
    tell(event)
  }

  return html`
    <form onSubmit=${(event) => event.preventDefault()}>
      <label>
        Range
        <select name="range" prop:value=${() => period().range ?? ''} onChange=${(event) => setPeriod({ range: event.target.value })}>
          <option hidden value="">days</option>
          ${ranges.map((range) => html`<option selected=${() => range === period().range}>${range}</option>`)}
        </select>
      </label>
      <label><input name="phones" type="checkbox" prop:checked=${() => onlyPhones(filters())} onChange=${(event) => setFilters(withPhones(filters(), event.target.checked))} /> Phones</label>
      <label>Rows <input name="rows" type="number" min="1" max="20" prop:value=${rows} onInput=${(event) => setRows(event.target.valueAsNumber)} /></label>
      <label><input name="search" type="checkbox" prop:checked=${search} onChange=${(event) => setSearch(event.target.checked)} /> Search</label>
      <label><input name="table" type="checkbox" prop:checked=${table} onChange=${(event) => setTable(event.target.checked)} /> Table</label>
      <label><input name="shown" type="checkbox" prop:checked=${shown} onChange=${(event) => setShown(event.target.checked)} /> Shown</label>
      <button name="turn" type="button" onClick=${() => setMetrics(metrics().toReversed())}>Turn the figures round</button>
    </form>
    <${Show} when=${shown}>
      ${() => html`<hk-site
        endpoint=${endpoint} share=${share} range=${() => period().range} from=${() => period().from} to=${() => period().to}
        filters=${filters} compare="previous"
        on:hk-range-change=${takePeriod} on:hk-filter-change=${takeFilters} on:hk-change=${tell} on:hk-select=${tell}
      >
        <h2>${() => period().range ?? 'Days'}, ${() => filters().length} filters</h2>
        <div class="bar"><hk-filters></hk-filters><hk-range offer="range"></hk-range></div>
        <ul>
          <${For} each=${metrics}>${(metric) => html`<li><hk-kpi metric=${metric} spark>${metric}</hk-kpi></li>`}<//>
        </ul>
        <hk-chart metric=${() => metrics()[0]} height=${200}>The chart of ${() => period().range}</hk-chart>
        <${Show} when=${table}>
          ${() => html`<hk-table by="page" limit=${rows} search=${search}>The pages</hk-table>`}
        <//>
      </hk-site>`}
    <//>
    <ol><${For} each=${lines}>${(text) => html`<li>${text}</li>`}<//></ol>
  `
}

render(App, document.querySelector('main'))
