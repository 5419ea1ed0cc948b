import { css } from 'lit'

export const styles = css`
  :host(:state(inline)) {
    display: inline;
    contain: none;
    line-height: inherit;
  }
  .block {
    display: grid;
    gap: 2px;
    align-content: start;
    min-block-size: 5.4em;
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
`
