import { css } from 'lit'

export const styles = css`
  figure {
    --_of: var(--_accent);
    position: relative;
    flex: auto;
    min-inline-size: 0;
    place-self: stretch;
    margin: 0;
  }
  .head {
    flex-wrap: wrap;
    margin-block-end: 8px;
  }
  /* Whether the choices fit beside the title does not depend on what the title says. */
  figcaption {
    flex: 1 1 11em;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .away {
    visibility: hidden;
  }
  .plot {
    position: relative;
  }
  /* The place of a pointer is asked of the track, in its own coordinates. */
  .track svg {
    pointer-events: none;
  }
  .track {
    border-radius: var(--_radius);
    touch-action: pan-y;
  }
  svg {
    display: block;
    direction: ltr;
    overflow: visible;
    max-inline-size: 100%;
  }
  path,
  line {
    fill: none;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .grid line {
    stroke: var(--_line);
    shape-rendering: crispedges;
  }
  text {
    fill: var(--_muted);
    font-size: 12px;
    unicode-bidi: plaintext;
  }
  .area {
    fill: var(--_soft);
  }
  .line {
    stroke: var(--_accent);
    stroke-width: 2;
  }
  .bar {
    fill: var(--_accent);
    stroke: none;
  }
  /* Not over yet: an outline, filled as far as it is known. */
  .running {
    fill: var(--_soft);
    stroke: var(--_of);
    stroke-dasharray: 3 3;
    stroke-width: 1;
  }
  .layer {
    fill: var(--_of);
    stroke: var(--_surface);
    stroke-width: 1;
  }
  /* Made from the accent, and calmer than it: what stands for less recedes. */
  .of-0 {
    --_of: var(--_accent);
  }
  .of-1 {
    --_of: oklch(from var(--_accent) min(l + 0.13, 0.82) calc(c * 0.6) calc(h - 50));
  }
  .of-2 {
    --_of: oklch(from var(--_accent) min(l + 0.06, 0.76) calc(c * 0.7) calc(h + 48));
  }
  .of-3 {
    --_of: oklch(from var(--_accent) min(l + 0.17, 0.84) calc(c * 0.6) calc(h + 168));
  }
  .of-4 {
    --_of: oklch(from var(--_accent) min(l + 0.12, 0.74) calc(c * 0.5) calc(h - 100));
  }
  .rest {
    --_of: color-mix(in oklab, light-dark(#17181d, #eceef3) 30%, var(--_surface));
  }
  g > .line {
    stroke: var(--_of);
  }
  .mark line {
    stroke: var(--_muted);
    stroke-dasharray: 1 3;
  }
  .mark path {
    fill: var(--_muted);
  }
  .stretch {
    fill: var(--_accent);
    opacity: 0.14;
  }
  .brush {
    cursor: crosshair;
  }
  .partial {
    stroke-dasharray: 0.5 4.5;
  }
  .before {
    stroke: var(--_muted);
    stroke-dasharray: 4 4;
    stroke-width: 1.25;
    opacity: 0.75;
  }
  /* Where it was before, also in front of a bar. */
  .edge {
    stroke: var(--_surface);
    stroke-width: 4;
    stroke-linecap: butt;
    shape-rendering: crispedges;
  }
  .edge + .before {
    stroke-dasharray: none;
    stroke-width: 2;
    stroke-linecap: butt;
    shape-rendering: crispedges;
    opacity: 1;
  }
  .cursor {
    stroke: var(--_muted);
    stroke-dasharray: 2 3;
  }
  .point {
    fill: var(--_accent);
    stroke: var(--_surface);
    stroke-width: 1.5;
  }
  .moved {
    fill: var(--_accent);
    opacity: 0;
    animation: glow var(--_speed) ease-out;
  }
  @keyframes glow {
    from {
      opacity: 0.3;
    }
  }
  .busy :is(.line, .area, .bar, .layer, .before) {
    opacity: 0.25;
  }
  .tooltip {
    position: absolute;
    inset-block-start: 0;
    left: 0;
    z-index: 1;
    inline-size: max-content;
    padding: 8px 10px;
    border: 1px solid transparent;
    border-radius: 8px;
    background: var(--_float);
    color: var(--_on-float);
    font-size: 12px;
    pointer-events: none;
  }
  .tooltip strong {
    font-size: 14px;
  }
  /* Where there is little room it breaks between facts, not inside of them. */
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 8px;
    white-space: nowrap;
    opacity: 0.78;
  }
  .split {
    display: grid;
    grid-template-columns: 10px minmax(0, 1fr) auto;
    gap: 0 6px;
    align-items: center;
  }
  .split bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .swatch {
    inline-size: 10px;
    block-size: 10px;
    border-radius: 3px;
    background: var(--_of);
    forced-color-adjust: none;
  }
  .tooltip .note {
    max-inline-size: 32ch;
    font-size: 12px;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .tooltip .note::before {
    content: '◆ ' / '';
    opacity: 0.6;
  }
  /* One line, whatever it holds, so that nothing below moves; it fades out where there is more of it. */
  .legend {
    --_way: 90deg;
    display: flex;
    gap: 0 14px;
    block-size: 24px;
    margin: 8px 0 0;
    padding: 0;
    padding-inline-end: 24px;
    overflow: auto hidden;
    scrollbar-width: none;
    list-style: none;
    font-size: max(0.87em, 12px);
    white-space: nowrap;
    mask: linear-gradient(var(--_way), #000 calc(100% - 24px), #0000);
  }
  .legend:dir(rtl) {
    --_way: -90deg;
  }
  .legend li,
  .legend button {
    display: flex;
    gap: 6px;
    align-items: center;
  }
  .legend button[aria-pressed='true'] {
    font-weight: 600;
  }
  .cover {
    position: absolute;
    inset: 0 0 26px;
    display: grid;
    place-items: center;
    padding-inline: 12px;
    text-align: center;
  }
  .cover .problem {
    justify-content: center;
  }
  .sheet {
    overflow: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: max(0.87em, 12px);
  }
  th,
  td {
    padding: 5px 8px;
    border-block-end: 1px solid var(--_line);
    font-weight: inherit;
    text-align: end;
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    color: var(--_muted);
  }
  thead th::first-letter {
    text-transform: uppercase;
  }
  @media (prefers-reduced-motion: reduce) {
    .moved {
      animation: glow 1s steps(1, end);
    }
  }
  @media (forced-colors: active) {
    .point {
      stroke: Canvas;
    }
  }
`
