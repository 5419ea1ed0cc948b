import { css } from 'lit'

/** A title over a box of one height. */
export const styles = css`
  /* As wide as there is room, whatever the page makes of the element; as wide as a list where the width follows from it. */
  :host {
    --_row: 36px;
    min-inline-size: 0;
  }
  :host > div {
    container-type: inline-size;
    contain-intrinsic-inline-size: 16em;
    flex: auto;
    min-inline-size: 0;
    place-self: stretch;
  }
  .head {
    margin-block-end: 8px;
  }
  .body {
    min-block-size: calc(var(--_rows) * var(--_row));
  }
  .busy .body > :not(slot) {
    opacity: 0.35;
  }
  .ghost {
    block-size: calc(var(--_row) - 4px);
    margin-block-end: 4px;
    border-radius: var(--_radius);
    background: var(--_faint);
  }
`
