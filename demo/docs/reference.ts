import { type Html, html, prose } from './html.ts'
import { type ElementDoc, methodsOf, type Setting, settingsOf } from './manifest.ts'

/** Classes whose settings all elements have. */
const common: ReadonlySet<string> = new Set(['Scoped', 'HkElement', 'Reactive'])

/** A section of a page, with the heading that the table of contents names. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
}

/** One line of a table: a name, and what the doc block says of it. */
export interface Line {
  readonly name: string
  readonly description?: string | undefined
}

/** The reference of an element: a section for each kind of thing that it has. */
export function referenceOf(element: ElementDoc): Section[] {
  const settings = settingsOf(element)
  const own = settings.filter((setting) => !isCommon(setting))
  const shared = settings.filter(isCommon)
  const { events, cssParts, cssProperties, cssStates, slots } = element
  const sections: (Section | undefined)[] = [
    {
      id: 'attributes',
      title: 'Attributes and properties',
      body: own.length === 0 ? settingTable(shared) : html`${settingTable(own)}${sharedTable(shared)}`,
    },
    section('events', 'Events', 'Event', events, ({ name, type }) => html`<code>${name}</code> <span class="fired" data-fired="${name}"></span><small><code>${type.text}</code></small>`),
    section('methods', 'Methods', 'Method', methodsOf(element), ({ name, parameters = [] }) => html`<code>${name}(${parameters.map((one) => one.name).join(', ')})</code>`),
    section('parts', 'Parts', 'Part', cssParts, ({ name }) => html`<code>::part(${name})</code>`),
    section('tokens', 'Tokens', 'Custom property', cssProperties),
    section('states', 'States', 'State', cssStates, ({ name }) => html`<code>:state(${name})</code>`),
    section('slots', 'Slots', 'Slot', slots, ({ name }) => (name === '' ? html`default` : html`<code>${name}</code>`)),
  ]
  return sections.filter((some) => some !== undefined)
}

/** Whether all elements have a setting. */
export function isCommon({ attribute, property }: Setting): boolean {
  return common.has((attribute ?? property)?.inheritedFrom?.name ?? '')
}

/** The name under which a setting is looked for. */
export function nameOf({ attribute, property }: Setting): string {
  return attribute?.name ?? property?.name ?? ''
}

function sharedTable(settings: readonly Setting[]): Html {
  const names = settings.map(nameOf).join(', ')
  return html`<details class="shared"><summary>All elements have as well: <span>${names}</span></summary>${settingTable(settings, 'Attributes and properties of all elements')}</details>`
}

/** A table of attributes and properties. */
export function settingTable(settings: readonly Setting[], label = 'Attributes and properties'): Html {
  const row = (setting: Setting) => {
    const { attribute, property } = setting
    const name = nameOf(setting)
    const other = property && attribute && property.name !== attribute.name
    return html`<tr id="attribute-${name}">
      <th scope="row"><code>${name}</code>${!attribute && html`<small>property only</small>`}${other && html`<small>property <code>${property.name}</code></small>`}</th>
      <td>${typeOf(setting)}</td>
      <td>${defaultOf(setting)}</td>
      <td>${prose((attribute ?? property)?.description ?? '')}</td>
    </tr>`
  }
  return table(label, ['Name', 'Type', 'Default', 'What it does'], settings.map(row))
}

function defaultOf({ attribute, property }: Setting): Html {
  const text = attribute?.default ?? property?.default
  return text === undefined ? html`<span class="none" aria-label="none">–</span>` : html`<code>${text}</code>`
}

/** A type without what goes without saying; of a choice each value separately. */
function typeOf({ attribute, property }: Setting): Html {
  const text = (attribute?.type ?? property?.type)?.text.replace(/ \| undefined$/, '').replace(/^\((.*)\)$/, '$1') ?? 'string'
  const parts = text.split(' | ')
  if (!parts.every((part) => /^'.*'$/.test(part))) return html`<code>${text}</code>`
  return html`<span class="values">${parts.map((part) => html`<code>${part.slice(1, -1)}</code> `)}</span>`
}

function section<T extends Line>(id: string, title: string, head: string, lines: readonly T[] | undefined, write?: (line: T) => Html): Section | undefined {
  if (lines === undefined || lines.length === 0) return undefined
  return { id, title, body: lineTable(id, head, lines, write) }
}

/** A table of names and what they are; `write` says how the name is written. */
export function lineTable<T extends Line>(id: string, head: string, lines: readonly T[], write: (line: T) => Html = ({ name }) => html`<code>${name}</code>`): Html {
  const rows = lines.map((line) => html`<tr id="${id}-${line.name || 'default'}"><th scope="row">${write(line)}</th><td>${prose(line.description ?? '')}</td></tr>`)
  return table(`${head}s`, [head, 'What it is'], rows)
}

function table(label: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="table" role="region" aria-label="${label}" tabindex="0"><table>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`
}
