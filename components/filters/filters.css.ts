import { css } from 'lit'

export const styles = css`
  /* As high without a chip as with one, so that a chip moves nothing; many are scrolled beside each other. */
  :host {
    min-inline-size: 0;
  }
  ul {
    display: flex;
    gap: 8px;
    block-size: 36px;
    margin: 0;
    padding: 0;
    overflow: auto hidden;
    list-style: none;
    scrollbar-width: none;
    white-space: nowrap;
  }
  li:first-child {
    margin-inline-start: auto;
  }
  .chip {
    box-sizing: border-box;
    display: inline-flex;
    gap: 6px;
    align-items: center;
    max-inline-size: 18em;
    block-size: 36px;
    padding: 0 12px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background: var(--_surface);
    font-size: max(0.9em, 13px);
  }
  /* What stays is no button, and does not look like one. */
  span.chip {
    border-style: dashed;
    background: none;
  }
  button:hover {
    border-color: var(--_muted);
  }
  :focus-visible {
    outline-offset: -2px;
  }
  .kind {
    color: var(--_muted);
  }
  bdi {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  svg {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-width: 1.6;
  }
`
