import { css } from 'lit'

export const styles = css`
  /* Where the rows will be, below their heads. */
  .ghost {
    translate: 0 28px;
  }
  .body {
    min-block-size: calc(28px + var(--_rows) * 36px);
  }
  :host([name]) .body {
    min-block-size: max(356px, 28px + var(--_rows) * 36px);
  }
  .one table {
    --_columns: auto;
  }
  .two table {
    --_columns: auto minmax(4.2em, auto);
  }
  .back {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
    white-space: nowrap;
  }
  .back svg {
    inline-size: 8px;
    block-size: 12px;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.75;
  }
  :host(:dir(rtl)) .back svg {
    transform: scaleX(-1);
  }
  .figures {
    display: flex;
    gap: 6px;
    align-items: baseline;
    block-size: 32px;
    margin: 0;
    overflow: hidden;
    font-size: max(0.87em, 13px);
    line-height: 32px;
    white-space: nowrap;
  }
  .figures strong {
    font-size: 1.65em;
    font-weight: 700;
    letter-spacing: -0.02em;
  }
  .of {
    margin-inline-start: auto;
    overflow: hidden;
    color: var(--_muted);
    text-overflow: ellipsis;
  }
  .choices {
    margin-block-end: 4px;
  }
`
