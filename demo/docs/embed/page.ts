import { flag, type Html, html } from '../html.ts'
import { source } from '../source.ts'
import { type Choice, fieldsOf } from './choice.ts'
import { commonFields, type Field, kinds, ownFields } from './kinds.ts'
import { frameSnippet, scriptSnippet, tagSnippet } from './snippets.ts'

/** Where the snippets of the page get their numbers from: the usual link of the demo, and one that allows all. */
export interface Links {
  readonly service: string
  readonly usual: string
  readonly full: string
}

/** The embed builder. The server writes the snippets too, so that it does its work as a plain form. */
export function embedPage(choice: Choice, { service, usual, full }: Links): Html {
  const from = { service, share: choice.link === 'full' ? full : usual }
  const used = new Set(fieldsOf(choice.element).map(([name]) => name))
  if (choice.values.range !== '') for (const name of ['from', 'to']) used.delete(name)
  const fields = Object.entries({ ...ownFields, ...commonFields })
  return html`
<p class="lead">Pick what to show and how. The snippets below follow, and so does the address of this page: it keeps what you chose.</p>
<div class="builder" data-embed-builder data-service="${service}" data-usual="${usual}" data-full="${full}">
  <form class="controls" action="/docs/embed" method="get" autocomplete="off">
    <div class="field"><label for="f-element">Element</label><select id="f-element" name="element">${Object.entries(kinds).map(
      ([name, { title }]) => html`<option value="${name}"${flag('selected', name === choice.element)}>${title} (hk-${name})</option>`,
    )}</select></div>
    <div class="field"><label for="f-link">Share link</label><select id="f-link" name="link"><option value="usual">one with the default settings</option><option value="full"${flag('selected', choice.link === 'full')}>one that allows every report</option></select></div>
    ${fields.map(([name, field]) => control(name, field, choice.values[name] ?? field.standard ?? '', used.has(name)))}
    <div class="field"><label for="f-fallback">Text until it is there</label><input id="f-fallback" type="text" name="fallback" value="${choice.fallback}" aria-describedby="h-fallback"><small id="h-fallback">what stands in the tag without JavaScript</small></div>
    <noscript><button>Write the snippets</button></noscript>
  </form>
  <div class="result">
    <div class="warning" role="status" data-warnings></div>
    <div class="preview">
      <div class="tabs"><h2 id="preview">Preview</h2><span role="group" aria-label="Preview as"><button type="button" data-preview-as="tag" aria-pressed="true">Tag</button><button type="button" data-preview-as="frame" aria-pressed="false">Frame</button></span></div>
      <div class="live" data-stage></div>
    </div>
    <h2 id="tag">On your page</h2>
    <p>The script once, anywhere on the page; the tag where the numbers belong.</p>
    <div data-snippet="script">${source(scriptSnippet(from))}</div>
    <div data-snippet="tag">${source(tagSnippet(choice, from))}</div>
    <h2 id="frame">In a frame</h2>
    <p>Where a page lets no script of others run, or a content management system takes nothing but frames. The script gives the frame the height of what is in it; without it the frame keeps the height that it is written with.</p>
    <div data-snippet="frame">${source(frameSnippet(choice, from))}</div>
  </div>
</div>`
}

function control(name: string, field: Field, value: string, used: boolean): Html {
  const { label, type, options = [], hint } = field
  const id = `f-${name}`
  const described = hint === undefined ? '' : html` aria-describedby="h-${name}"`
  const input =
    type === 'choice'
      ? html`<select id="${id}" name="${name}"${flag('disabled', !used)}>${options.map(([option, text]) => html`<option value="${option}"${flag('selected', option === value)}>${text}</option>`)}</select>`
      : type === 'flag'
        ? html`<input id="${id}" type="checkbox" name="${name}" value="1"${flag('checked', value === '1')}${flag('disabled', !used)}>`
        : html`<input id="${id}" type="${type}" name="${name}" value="${value}"${described}${type === 'number' && html` min="1" max="1000"`}${flag('disabled', !used)}>`
  return html`<div class="field${type === 'flag' && ' flag'}" data-field="${name}"${flag('hidden', !used)}><label for="${id}">${label}</label>${input}${hint !== undefined && html`<small id="h-${name}">${hint}</small>`}</div>
    `
}
