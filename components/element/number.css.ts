import { css } from 'lit'

export const styles = css`
  :host(:state(inline)) {
    display: inline;
    contain: none;
    font-variant-numeric: tabular-nums;
  }
  /* Before, with and without a number, and with an error: hk.ts reserves the same. */
  .block {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 2px;
    align-content: start;
    min-block-size: calc(3.6em + 27px);
  }
  .value {
    min-block-size: 1.3em;
    line-height: 1.3;
    white-space: nowrap;
  }
  .value data,
  .ghost {
    font-weight: 700;
    letter-spacing: -0.02em;
  }
  .ghost,
  .busy data {
    border-radius: var(--_radius);
    background: var(--_faint);
    -webkit-text-fill-color: transparent;
  }
  .block .problem {
    display: grid;
    gap: 2px;
    justify-items: start;
    font-size: 12px;
    line-height: 1.2;
  }
  .problem span {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
`
