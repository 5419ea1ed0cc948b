import { css } from 'lit'

export const styles = css`
  figure {
    position: relative;
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
  .partial {
    stroke-dasharray: 0.5 4.5;
  }
  .before {
    stroke: var(--_muted);
    stroke-dasharray: 4 4;
    stroke-width: 1.25;
    opacity: 0.75;
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
  .busy .line,
  .busy .area,
  .busy .before {
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
