import { css } from 'lit'

export const styles = css`
  :host {
    min-block-size: 640px;
    min-inline-size: 0;
  }
  /* Here, as the page decides on the box of the dashboard itself. */
  hk-site {
    display: block;
    container-type: inline-size;
    contain-intrinsic-inline-size: min(60em, 90vw);
    flex: auto;
    min-inline-size: 0;
    place-self: stretch;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 14px;
    align-items: center;
    margin-block-end: 20px;
  }
  h2 {
    margin: 0;
    font-size: clamp(19px, 5.6cqi, 24px);
    letter-spacing: -0.01em;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  hk-status {
    min-inline-size: 7.5em;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
  }
  hk-filters {
    flex: 1 1 50px;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    grid-auto-flow: dense;
    /* Where the card of now is higher than figures and chart, the chart gets the room. */
    grid-template-rows: auto 1fr;
    gap: var(--hk-gap, 16px);
  }
  .card {
    grid-column: span 4;
    min-inline-size: 0;
    padding: 18px;
    border: 1px solid var(--_line);
    border-radius: calc(2 * var(--_radius));
    background: var(--_surface);
  }
  .wide {
    grid-column: span 12;
  }
  .half {
    grid-column: span 6;
  }
  .beside .wide {
    grid-column: span 9;
  }
  .extra.wide {
    grid-column: 1 / -1;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    padding: 0;
    overflow: hidden;
  }
  .figure {
    position: relative;
    min-inline-size: 0;
    padding: 16px 18px;
    border-inline-start: 1px solid var(--_line);
  }
  .figure:first-child {
    border-inline-start: 0;
  }
  .figure button {
    position: absolute;
    inset: 0;
    border-radius: 0;
  }
  .figure button:hover {
    background: color-mix(in srgb, currentcolor 3%, transparent);
  }
  .figure button[aria-pressed='true'] {
    background: var(--_soft);
  }
  /* What went wrong has a button of its own. */
  :is(:state(error), :state(denied)) + button {
    display: none;
  }
  .figure :focus-visible {
    outline-offset: -3px;
  }
  .now > :not(hk-live) {
    flex: 1;
    min-inline-size: 0;
  }
  .now {
    grid-column: span 3;
    grid-row: span 2;
    display: flex;
    flex-direction: column;
    gap: 20px;
  }
  /* Under each other, picture and list, or beside each other, as high before they are there. */
  .now hk-globe {
    display: block;
    min-block-size: 424px;
  }
  /* Whose they are, and of which time, the number above says. */
  .now hk-globe::part(head) {
    display: none;
  }
  .extra > :not(:defined) {
    display: block;
    min-block-size: 160px;
  }
  .tabs {
    display: flex;
    gap: 4px;
    margin-inline: -4px;
    font-size: max(0.87em, 12px);
  }
  .tabs button {
    color: var(--_muted);
    white-space: nowrap;
  }
  .tabs [aria-selected='true'] {
    color: var(--hk-text, inherit);
    font-weight: 600;
  }
  /* Bold and plain are equally wide, so that a choice moves nothing. */
  .tabs button::after {
    content: attr(data-text);
    display: block;
    block-size: 0;
    overflow: hidden;
    font-weight: 600;
    visibility: hidden;
  }
  /* Where title and tabs do not fit beside each other, the tabs go below. */
  .card > .head {
    flex-wrap: wrap;
  }
  h3 {
    flex: 1 0 auto;
    max-inline-size: 100%;
    margin: 0;
    overflow: hidden;
    font-size: inherit;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .list {
    margin-inline: -8px;
    padding-block: 10px 32px;
  }
  .list[hidden] {
    display: none;
  }
  .list::part(head) {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 8px;
    justify-content: flex-end;
    margin: 0;
  }
  .list::part(label) {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  form {
    display: grid;
    gap: 12px;
    max-inline-size: 320px;
    margin: 12vh auto;
  }
  form p {
    margin: 0;
  }
  label {
    display: grid;
    gap: 4px;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
  }
  input,
  form button {
    min-block-size: 40px;
    padding: 0 12px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--hk-text, CanvasText);
    font-size: max(1em, 16px);
  }
  form button {
    font-weight: 600;
  }
  .wrong {
    color: var(--_down);
  }
  @container (max-width: 1040px) {
    hk-filters {
      flex-basis: 170px;
    }
    hk-filters:state(empty) {
      flex-basis: 0;
    }
    .now,
    .beside .wide {
      grid-column: 1 / -1;
    }
    .now hk-globe {
      min-block-size: 240px;
    }
    .now {
      grid-row: auto;
      flex-direction: row;
      gap: 32px;
    }
    .now hk-live {
      flex: 0 0 12em;
    }
    .card:not(.wide, .half, .now) {
      grid-column: span 6;
    }
  }
  @container (max-width: 750px) {
    .now hk-globe {
      min-block-size: 424px;
    }
  }
  @container (max-width: 690px) {
    .now hk-globe {
      min-block-size: 240px;
    }
    header {
      margin-block-end: 16px;
    }
    .grid {
      gap: 12px;
    }
    .now {
      flex-direction: column;
      gap: 20px;
    }
    .now hk-live {
      flex-basis: auto;
    }
    .card,
    .card:not(.wide, .half, .now) {
      grid-column: 1 / -1;
      padding: 16px;
    }
    .card.figures {
      grid-template-columns: 1fr 1fr;
      padding: 0;
    }
    .figure {
      border-inline-start: 0;
      border-block-start: 1px solid var(--_line);
    }
    .figure:nth-child(-n + 2) {
      border-block-start: 0;
    }
    .figure:nth-child(even) {
      border-inline-start: 1px solid var(--_line);
    }
    .figure:last-child:nth-child(odd) {
      grid-column: 1 / -1;
    }
  }
  @container (max-width: 516px) {
    .now hk-globe {
      min-block-size: 424px;
    }
  }
  @media (forced-colors: active) {
    .figure button[aria-pressed='true'] {
      border: 3px solid Highlight;
      background: none;
    }
  }
`
