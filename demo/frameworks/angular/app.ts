import '@angular/compiler'
import type { HkFilterChangeEvent, HkRangeChangeEvent } from '@hk-live/components'
import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { endpoint, figures, line, onlyPhones, ranges, share, withPhones } from '../page.ts'

interface Period {
  readonly range?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

@Component({
  selector: 'main',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <form (submit)="$event.preventDefault()">
      <label>
        Range
        <select #range name="range" [value]="period().range ?? ''" (change)="period.set({ range: range.value })">
          <option hidden value="">days</option>
          @for (range of ranges; track range) { <option [selected]="range === period().range">{{ range }}</option> }
        </select>
      </label>
      <label><input #phones name="phones" type="checkbox" [checked]="onlyPhones(filters())" (change)="filters.set(withPhones(filters(), phones.checked))"> Phones</label>
      <label>Rows <input #count name="rows" type="number" min="1" max="20" [value]="rows()" (input)="rows.set(count.valueAsNumber)"></label>
      <label><input #field name="search" type="checkbox" [checked]="search()" (change)="search.set(field.checked)"> Search</label>
      <label><input #list name="table" type="checkbox" [checked]="table()" (change)="table.set(list.checked)"> Table</label>
      <label><input #all name="shown" type="checkbox" [checked]="shown()" (change)="shown.set(all.checked)"> Shown</label>
      <button name="turn" type="button" (click)="metrics.set(metrics().toReversed())">Turn the figures round</button>
    </form>
    @if (shown()) {
      <hk-site [endpoint]="endpoint" [share]="share" [range]="period().range" [from]="period().from" [to]="period().to"
        [filters]="filters()" compare="previous" (hk-range-change)="takePeriod($event)"
        (hk-filter-change)="takeFilters($event)" (hk-change)="tell($event)" (hk-select)="tell($event)">
        <h2>{{ period().range ?? 'Days' }}, {{ filters().length }} filters</h2>
        <div class="bar"><hk-filters /><hk-range offer="range" /></div>
        <ul>@for (metric of metrics(); track metric) { <li><hk-kpi [metric]="metric" spark>{{ metric }}</hk-kpi></li> }</ul>
        <hk-chart [metric]="metrics()[0]" [height]="200">The chart of {{ period().range }}</hk-chart>
        @if (table()) { <hk-table by="page" [limit]="rows()" [search]="search()">The pages</hk-table> }
      </hk-site>
    }
    <ol>@for (text of lines(); track $index) { <li>{{ text }}</li> }</ol>
  `,
})
class App {
  readonly endpoint = endpoint
  readonly share = share
  readonly ranges = ranges
  readonly onlyPhones = onlyPhones
  readonly withPhones = withPhones
  readonly shown = signal(true)
  readonly period = signal<Period>({ range: '30d' })
  readonly filters = signal<readonly string[]>([])
  readonly rows = signal(5)
  readonly search = signal(false)
  readonly table = signal(true)
  readonly metrics = signal(figures)
  readonly lines = signal<readonly string[]>([])

  tell(event: Event): void {
    this.lines.update((before) => [line(event), ...before].slice(0, 8))
  }

  // The page has the state: it takes over what a reader chooses in the elements.
  takePeriod(event: HkRangeChangeEvent): void {
    event.preventDefault()
    this.period.set({ range: event.range, from: event.from, to: event.to })
    this.tell(event)
  }

  takeFilters(event: HkFilterChangeEvent): void {
    event.preventDefault()
    this.filters.set(event.filters)
    this.tell(event)
  }
}

await bootstrapApplication(App)
