import { css } from 'lit'

/** A bar of parts. */
export const shares = css`
  .shares {
    display: flex;
    gap: 2px;
    block-size: 6px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--_faint);
  }
  .shares:has(span) {
    background: none;
  }
  .shares span {
    flex: var(--_part) 1 0;
    min-inline-size: 3px;
    border-radius: 2px;
    background: currentcolor;
  }
  @media (forced-colors: active) {
    .shares span {
      border: 2px solid CanvasText;
      forced-color-adjust: none;
      background: Canvas;
    }
    .shares span:first-child {
      background: CanvasText;
    }
    .shares span:nth-child(2) {
      border-style: dotted;
    }
  }
`
