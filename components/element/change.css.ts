import { css } from 'lit'

/** What belongs beside a number: how it moved, and its course. */
export const change = css`
  .delta {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    color: var(--_muted);
    white-space: nowrap;
  }
  .better {
    color: var(--_up);
  }
  .worse {
    color: var(--_down);
  }
  .delta svg,
  .spark {
    flex: none;
    inline-size: 0.75em;
    block-size: 0.75em;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.6;
  }
  .spark {
    flex: 0 1 72px;
    min-inline-size: 0;
    block-size: 22px;
    overflow: visible;
    stroke: var(--_accent);
    stroke-width: 1.5;
  }
  .partial {
    stroke-dasharray: 0.5 3;
  }
`
