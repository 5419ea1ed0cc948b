import { css, unsafeCSS } from 'lit'
import { aspect as ratio } from './project.ts'

const aspect = unsafeCSS(ratio.toFixed(3))

export const styles = css`
  .head {
    margin-block-end: 8px;
  }
  .body {
    display: flex;
    flex-wrap: wrap;
    gap: 16px 24px;
    align-items: center;
    min-block-size: calc(var(--_rows) * 28px + 28px);
  }
  /* Before and after its places are known, with nobody there, and at fault: hk.ts reserves the same. */
  .picture {
    --_high: 240px;
    position: relative;
    flex: 2 1 260px;
    min-inline-size: 0;
    block-size: var(--_high);
  }
  .list {
    flex: 1 1 200px;
    align-self: flex-start;
    min-inline-size: 0;
    min-block-size: calc(var(--_rows) * 28px + 28px);
  }
  .around {
    position: absolute;
    inset: 0;
    margin: auto;
    isolation: isolate;
  }
  .world {
    inline-size: min(100%, 236px);
    aspect-ratio: 1;
    border-radius: 50%;
    background: color-mix(in srgb, var(--_accent) 6%, var(--_surface));
    box-shadow: inset 0 0 0 1px var(--_line);
    cursor: grab;
    touch-action: pan-y;
    user-select: none;
  }
  .world:active {
    cursor: grabbing;
  }
  .picture:has(.own) {
    --_high: 180px;
  }
  .flat {
    direction: ltr;
    inline-size: min(100%, var(--_high) * ${aspect});
    block-size: fit-content;
    aspect-ratio: ${aspect};
  }
  .sphere {
    position: absolute;
    inset: 0;
    border-radius: 50%;
    overflow: clip;
    outline-color: color-mix(in srgb, currentcolor 55%, light-dark(#fff, #000));
  }
  .sphere,
  .sphere canvas {
    mix-blend-mode: screen;
  }
  .sphere:has(.dark) {
    mix-blend-mode: multiply;
  }
  .sphere div {
    block-size: 100%;
  }
  .sphere canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    mix-blend-mode: normal;
  }
  .sphere .dark {
    filter: invert(1);
  }
  .land {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    fill: none;
    stroke: color-mix(in srgb, currentcolor 30%, transparent);
    stroke-linecap: round;
    stroke-width: 5;
  }
  .pins {
    position: absolute;
    contain: layout size style;
    inset: 0;
    direction: ltr;
    pointer-events: none;
  }
  .pin {
    position: absolute;
    display: grid;
    grid-template: 0 / 0;
    place-items: center;
    inline-size: 0;
    block-size: 0;
    transition: opacity 0.4s;
  }
  .pin i {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: var(--_size);
    block-size: var(--_size);
    border-radius: 50%;
    background: color-mix(in srgb, var(--_live) 26%, transparent);
    pointer-events: auto;
    animation: appear 0.4s ease-out;
    transition:
      inline-size 0.4s,
      block-size 0.4s;
  }
  .pin i::after {
    content: '';
    inline-size: 8px;
    block-size: 8px;
    border: 1px solid var(--_surface);
    border-radius: 50%;
    background: var(--_live);
  }
  .gone,
  .behind {
    opacity: 0;
  }
  .behind i {
    pointer-events: none;
  }
  .still {
    position: absolute;
    inset-block-end: 0;
    inset-inline-end: 0;
    color: var(--_muted);
  }
  .still:hover {
    background: var(--_faint);
  }
  .still svg {
    display: block;
    inline-size: 10px;
    block-size: 10px;
    margin: auto;
    fill: currentcolor;
  }
  ul {
    margin: 0;
    padding: 0;
    font-size: max(0.87em, 13px);
    list-style: none;
  }
  li {
    display: flex;
    gap: 12px;
    align-items: center;
    justify-content: space-between;
    min-block-size: 28px;
  }
  .name {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .value {
    font-weight: 600;
  }
  .rest {
    color: var(--_muted);
  }
  .rest .value {
    font-weight: inherit;
  }
  .more {
    margin-inline-start: -4px;
    color: var(--_muted);
    font-size: var(--_small);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .more:hover {
    color: inherit;
  }
  .busy ul {
    opacity: 0.35;
  }
  .ghost {
    block-size: 20px;
    margin-block: 4px 8px;
    border-radius: var(--_radius);
    background: var(--_faint);
  }
  @keyframes appear {
    from {
      opacity: 0;
      transform: scale(0.2);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .pin,
    .pin i {
      animation: none;
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .land {
      stroke: GrayText;
    }
    .pin i::after {
      forced-color-adjust: none;
      border-color: Canvas;
      background: Highlight;
    }
  }
`
