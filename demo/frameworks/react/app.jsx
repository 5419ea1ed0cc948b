/** @jsxImportSource react */
import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { endpoint, figures, line, onlyPhones, ranges, share, withPhones } from '../page.ts'

function App() {
  const [shown, setShown] = useState(true)
  const [period, setPeriod] = useState({ range: '30d' })
  const [filters, setFilters] = useState([])
  const [rows, setRows] = useState(5)
  const [search, setSearch] = useState(false)
  const [table, setTable] = useState(true)
  const [metrics, setMetrics] = useState(figures)
  const [lines, setLines] = useState([])
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

  return (
    <>
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          Range{' '}
          <select name="range" value={period.range ?? ''} onChange={(event) => setPeriod({ range: event.target.value })}>
            <option hidden value="">days</option>
            {ranges.map((range) => <option key={range}>{range}</option>)}
          </select>
        </label>
        <label><input name="phones" type="checkbox" checked={onlyPhones(filters)} onChange={(event) => setFilters(withPhones(filters, event.target.checked))} /> Phones</label>
        <label>Rows <input name="rows" type="number" min="1" max="20" value={rows} onChange={(event) => setRows(event.target.valueAsNumber)} /></label>
        <label><input name="search" type="checkbox" checked={search} onChange={(event) => setSearch(event.target.checked)} /> Search</label>
        <label><input name="table" type="checkbox" checked={table} onChange={(event) => setTable(event.target.checked)} /> Table</label>
        <label><input name="shown" type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} /> Shown</label>
        <button name="turn" type="button" onClick={() => setMetrics(metrics.toReversed())}>Turn the figures round</button>
      </form>
      {shown && (
        <hk-site endpoint={endpoint} share={share} {...period} filters={filters} compare="previous"
          onhk-range-change={takePeriod} onhk-filter-change={takeFilters} onhk-change={tell} onhk-select={tell}>
          <h2>{period.range ?? 'Days'}, {filters.length} filters</h2>
          <div className="bar"><hk-filters></hk-filters><hk-range offer="range"></hk-range></div>
          <ul>{metrics.map((metric) => <li key={metric}><hk-kpi metric={metric} spark>{metric}</hk-kpi></li>)}</ul>
          <hk-chart metric={metrics[0]} height={200}>The chart of {period.range}</hk-chart>
          {table && <hk-table by="page" limit={rows} search={search}>The pages</hk-table>}
        </hk-site>
      )}
      <ol>{lines.map((text, index) => <li key={index}>{text}</li>)}</ol>
    </>
  )
}

createRoot(document.querySelector('main')).render(<App />)
