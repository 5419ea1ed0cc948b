import { css } from 'lit'

/** A small chart. Time goes from left to right in every script. */
export const course = css`
  .course {
    --_start: 0px;
    --_end: 36px;
    block-size: 104px;
    margin: 0;
  }
  :host(:dir(rtl)) .course {
    --_start: 36px;
    --_end: 0px;
  }
  .track {
    position: relative;
    block-size: 70px;
    margin: 8px var(--_end) 0 var(--_start);
    direction: ltr;
    touch-action: pan-y;
  }
  .blank {
    border-block: 1px solid var(--_line);
  }
  .course svg {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
    pointer-events: none;
  }
  .course path {
    fill: none;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .course .grid {
    stroke: var(--_line);
    stroke-width: 1;
  }
  .course .area {
    fill: var(--_soft);
  }
  .course .line {
    stroke: var(--_accent);
    stroke-width: 2;
  }
  .course .partial {
    stroke-dasharray: 0.5 4.5;
  }
  .tick {
    position: absolute;
    top: 0;
    left: calc(100% + 8px);
    line-height: 0;
    color: var(--_muted);
    font-size: 12px;
    pointer-events: none;
  }
  .tick + .tick {
    top: 100%;
  }
  :host(:dir(rtl)) .tick {
    right: calc(100% + 8px);
    left: auto;
  }
  .cursor,
  .point {
    position: absolute;
    pointer-events: none;
  }
  .cursor {
    inset-block: 0;
    border-inline-start: 1px dashed var(--_muted);
  }
  .point {
    inline-size: 9px;
    block-size: 9px;
    margin: 0 0 -4.5px -4.5px;
    border: 1.5px solid var(--_surface);
    border-radius: 50%;
    background: var(--_accent);
  }
  .course figcaption {
    display: flex;
    gap: 12px;
    justify-content: space-between;
    block-size: 26px;
    margin: 0 var(--_end) 0 var(--_start);
    direction: ltr;
    color: var(--_muted);
    font-size: 12px;
    line-height: 26px;
    white-space: nowrap;
  }
  .told {
    min-inline-size: 0;
    overflow: hidden;
    color: var(--hk-text, currentcolor);
    text-overflow: ellipsis;
  }
  .course figcaption span {
    unicode-bidi: plaintext;
  }
`
