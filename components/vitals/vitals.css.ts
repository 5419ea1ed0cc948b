import { css } from 'lit'

export const styles = css`
  :host {
    --_fair: light-dark(#946200, #e5b84f);
  }
  .body {
    min-block-size: 0;
  }
  .list {
    min-block-size: calc(72px + var(--_rows) * 36px);
    padding-block-start: 12px;
  }
  table {
    --_columns: var(--_all);
  }
  /* A sentence stands over the room that the figures would take. */
  .stack {
    display: grid;
  }
  .stack > * {
    grid-area: 1 / 1;
  }
  .stack > .away {
    visibility: hidden;
  }
  /* A title is whole, above the choices where both do not fit. */
  .head {
    flex-wrap: wrap;
  }
  .choices {
    flex-wrap: nowrap;
  }
  .vitals {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr));
    gap: 16px 24px;
  }
  .vital {
    display: grid;
    grid-template-rows: 22px 36px 6px 22px;
    align-items: center;
    block-size: 96px;
    align-content: space-between;
  }
  .line {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    min-inline-size: 0;
    color: var(--_muted);
    font-size: max(0.87em, 13px);
    white-space: nowrap;
  }
  .foot {
    font-size: var(--_small);
  }
  abbr {
    text-decoration: none;
  }
  .p75 {
    font-size: 1.5em;
    font-weight: 700;
    letter-spacing: -0.02em;
    line-height: 36px;
  }
  .unknown {
    border-radius: var(--_radius);
    background: var(--_faint);
    -webkit-text-fill-color: transparent;
  }
  .rating {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    min-inline-size: 0;
  }
  .word {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .rating svg {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    fill: currentcolor;
  }
  .good {
    color: var(--_up);
  }
  .needs_improvement {
    color: var(--_fair);
  }
  .poor {
    color: var(--_down);
  }
  .body .head {
    block-size: 32px;
    margin: 0;
  }
  .by {
    color: var(--_muted);
    font-size: max(0.87em, 13px);
  }
  td {
    white-space: nowrap;
  }
  @container (max-width: 460px) {
    table {
      --_columns: var(--_some);
    }
    tr > :nth-child(n + 5) {
      display: none;
    }
  }
  @container (max-width: 300px) {
    table {
      --_columns: var(--_few);
    }
    tr > :nth-child(n + 4) {
      display: none;
    }
  }
  td .rating {
    vertical-align: 0.06em;
  }
`
