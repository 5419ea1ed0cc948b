import { css } from 'lit'

export const styles = css`
  :host {
    --_row: 60px;
  }
  ul {
    margin: 0;
    padding: 0;
    font-size: max(0.87em, 13px);
    list-style: none;
  }
  li + li {
    border-block-start: 1px solid var(--_line);
  }
  svg {
    flex: none;
    inline-size: 12px;
    block-size: 8px;
    fill: none;
    stroke: var(--_muted);
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.75;
  }
  [open] svg {
    transform: scaleY(-1);
  }
  summary {
    display: flex;
    gap: 12px;
    align-items: center;
    block-size: 59px;
    border-radius: var(--_radius);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:hover {
    background: var(--_faint);
  }
  .what {
    display: grid;
    flex: 1;
    gap: 2px;
    min-inline-size: 0;
  }
  .line {
    display: flex;
    gap: 8px;
    align-items: baseline;
    min-inline-size: 0;
  }
  .name {
    font-weight: 600;
  }
  .name,
  .action {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .action,
  .unit,
  dt,
  .evidence p {
    color: var(--_muted);
  }
  .away .name {
    color: var(--_muted);
    font-weight: normal;
  }
  .status {
    flex: none;
    padding-inline: 7px;
    border-radius: 10px;
    background: var(--_faint);
    font-size: 12px;
    line-height: 18px;
    white-space: nowrap;
  }
  .impact {
    display: grid;
    gap: 2px;
    justify-items: end;
    white-space: nowrap;
  }
  .value {
    font-weight: 600;
  }
  .unit {
    font-size: var(--_small);
  }
  [open] > summary {
    block-size: auto;
    min-block-size: 59px;
    padding-block: 10px;
  }
  [open] :is(.name, .action) {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .evidence {
    padding-block-end: 14px;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
    gap: 4px 24px;
    margin: 0;
  }
  dl div {
    display: flex;
    gap: 12px;
    align-items: baseline;
    justify-content: space-between;
    padding-block: 3px;
    border-block-end: 1px solid var(--_line);
  }
  dd {
    margin: 0;
    font-weight: 600;
    white-space: nowrap;
  }
  .evidence p {
    margin: 8px 0 0;
    font-size: var(--_small);
  }
`
