import { css } from 'lit'

/** Rows with bars behind them, and a pager. */
export const rows = css`
  /* Rows share the columns of the table, so that figures stand one under another. */
  table {
    --_columns: auto minmax(4.2em, auto);
    display: grid;
    grid-template-columns: minmax(0, 1fr) var(--_columns);
    column-gap: 12px;
    inline-size: 100%;
    font-size: max(0.87em, 13px);
  }
  thead,
  tbody,
  tr {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
  }
  tbody {
    row-gap: 4px;
  }
  tr {
    position: relative;
    align-items: center;
    min-block-size: 32px;
    padding-inline: 8px;
    border-radius: var(--_radius);
  }
  th {
    min-inline-size: 0;
    padding: 0;
    font-weight: inherit;
    text-align: start;
  }
  thead tr {
    min-block-size: 24px;
    margin-block-end: 4px;
    color: var(--_muted);
    font-size: var(--_small);
  }
  thead th {
    text-align: end;
    white-space: nowrap;
  }
  thead th:first-child {
    text-align: start;
  }
  td {
    position: relative;
    padding: 0;
    text-align: end;
    pointer-events: none;
  }
  .bar {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    inline-size: calc(var(--_part) * 100%);
    min-inline-size: 4px;
    border-radius: var(--_radius);
    background: var(--_soft);
  }
  tbody th button,
  .still {
    position: static;
    display: flex;
    inline-size: 100%;
    min-block-size: 32px;
    align-items: center;
    padding: 0;
    border: 0;
    text-align: start;
  }
  tbody th button::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: var(--_radius);
  }
  tbody th button:hover::after {
    background: var(--_faint);
  }
  tbody th button:focus-visible {
    outline: none;
  }
  tbody th button:focus-visible::after {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .name {
    position: relative;
    display: flex;
    min-inline-size: 0;
    overflow: hidden;
    white-space: nowrap;
  }
  .start {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .end {
    flex: none;
  }
  [aria-pressed='true'] .name {
    font-weight: 600;
  }
  .value {
    font-weight: 600;
  }
  .share {
    color: var(--_muted);
  }
  .pager {
    display: flex;
    gap: 2px;
    align-items: center;
    color: var(--_muted);
    font-size: var(--_small);
    white-space: nowrap;
  }
  .pager .note {
    color: inherit;
  }
  .pager button[aria-disabled='true'] {
    opacity: 0.4;
    cursor: default;
  }
  .pager svg {
    display: block;
    inline-size: 8px;
    block-size: 12px;
    margin: auto;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.75;
  }
  :host(:dir(rtl)) .pager svg {
    transform: scaleX(-1);
  }
  @media (forced-colors: active) {
    .bar {
      border-block-end: 2px solid Highlight;
      background: none;
    }
  }
`
