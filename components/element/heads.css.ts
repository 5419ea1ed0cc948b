import { css } from 'lit'

/** Heads that rows can be sorted by. */
export const heads = css`
  thead button {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    margin-inline: -4px;
  }
  /* Flush with the figures below, whether its mark is seen or not. */
  thead th:not(:first-child) button {
    flex-direction: row-reverse;
  }
  thead [aria-sort] button {
    color: var(--hk-text, inherit);
    font-weight: 600;
  }
  thead svg {
    inline-size: 8px;
    block-size: 8px;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.5;
  }
  thead :not([aria-sort]) > button:not(:hover, :focus-visible) svg {
    opacity: 0;
  }
`
