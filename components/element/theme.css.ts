import { css } from 'lit'

/**
 * What every element starts from: the public tokens with their defaults as private copies, the page's own
 * font and colours, and the states that all share.
 */
export const theme = css`
  :host {
    --_accent: var(--hk-accent, light-dark(#3355d8, #7d9bff));
    --_live: light-dark(#08905c, #3ecf8e);
    --_up: var(--hk-up, light-dark(#0a7a41, #4fd08d));
    --_down: var(--hk-down, light-dark(#c5251d, #ff8577));
    --_muted: var(--hk-muted, color-mix(in srgb, currentcolor 68%, transparent));
    --_line: var(--hk-line, color-mix(in srgb, currentcolor 13%, transparent));
    --_faint: color-mix(in srgb, currentcolor 8%, transparent);
    --_soft: color-mix(in srgb, var(--_accent) 10%, transparent);
    --_wash: color-mix(in srgb, var(--_accent) 9%, transparent);
    --_float: light-dark(#17181d, #eceef3);
    --_on-float: light-dark(#fff, #17181d);
    --_radius: var(--hk-radius, 6px);
    --_surface: var(--hk-surface, light-dark(#fff, #17181d));
    --_speed: var(--hk-speed, 1.2s);
    --_small: max(0.8em, 12px);
    display: block;
    box-sizing: border-box;
    contain: layout;
    color: var(--hk-text, inherit);
    font-family: var(--hk-font, inherit);
  }
  /* What a page says of all its text, or of the element itself, stops here; but in a sentence it is meant. */
  :where(:host(:not(:state(inline)))) > * {
    direction: ltr;
    writing-mode: horizontal-tb;
    font-size: max(1em, 12px);
    font-variant-numeric: tabular-nums;
    hyphens: manual;
    letter-spacing: normal;
    line-height: 1.4;
    fill-opacity: 1;
    stroke: none;
    stroke-dasharray: none;
    stroke-opacity: 1;
    stroke-width: 1;
    text-align: start;
    text-indent: 0;
    text-shadow: none;
    text-transform: none;
    white-space: normal;
    word-break: normal;
    word-spacing: normal;
    -webkit-text-fill-color: currentcolor;
  }
  :where(:host(:dir(rtl):not(:state(inline)))) > * {
    direction: rtl;
  }
  :host([hidden]) {
    display: none;
  }
  @media screen {
    :host([theme='light']) {
      color-scheme: only light;
      color: var(--hk-text, #17181d);
    }
    :host([theme='dark']) {
      color-scheme: only dark;
      color: var(--hk-text, #eceef3);
    }
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  input {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    min-block-size: 24px;
    min-inline-size: 24px;
    margin: 0;
    padding: 0 4px;
    border: 0;
    border-radius: var(--_radius);
    background: none;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .changed {
    border-radius: 4px;
    animation: wash var(--_speed) ease-out;
  }
  .head {
    display: flex;
    gap: 4px 12px;
    align-items: center;
    justify-content: space-between;
    min-block-size: 24px;
  }
  .title,
  .note,
  .problem button {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .title {
    font-weight: 600;
  }
  .note {
    color: var(--_muted);
    flex-shrink: 9999;
    font-size: var(--_small);
    font-weight: normal;
  }
  .problem {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    align-items: baseline;
    margin: 0;
    color: var(--_muted);
    font-size: max(0.87em, 13px);
  }
  .problem button {
    max-inline-size: 100%;
    padding: 0 8px;
    border: 1px solid var(--_line);
    color: var(--hk-text, inherit);
  }
  @keyframes wash {
    from {
      background-color: var(--_wash);
      box-shadow: 0 0 0 4px var(--_wash);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .changed {
      animation: wash 1s steps(1, end);
    }
  }
  @media (forced-colors: active) {
    :host {
      --_accent: Highlight;
      --_muted: CanvasText;
      --_line: CanvasText;
      --_up: CanvasText;
      --_down: CanvasText;
      --_float: Canvas;
      --_on-float: CanvasText;
    }
    button {
      border: 1px solid ButtonBorder;
    }
  }
  /* On paper it is black on white whatever the page is, and nothing moves or waits to be pressed. */
  @media print {
    :host {
      --_muted: #555;
      --_line: #ccc;
      --_surface: #fff;
      --hk-text: #000;
      color-scheme: only light;
      color: #000;
      background: #fff;
      print-color-adjust: exact;
    }
    * {
      animation: none !important;
    }
    .choices,
    .pager button,
    .problem button,
    input {
      visibility: hidden;
    }
  }
`
