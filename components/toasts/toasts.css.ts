import { css } from 'lit'

export const styles = css`
  :host {
    display: contents;
  }
  .stack {
    --_rise: 8px;
    position: fixed;
    inset: auto;
    inset-block-end: 0;
    inset-inline-end: 0;
    box-sizing: border-box;
    display: grid;
    gap: 8px;
    inline-size: min(100vw, 408px);
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    padding: 16px;
    border: 0;
    overflow: visible;
    color: var(--hk-text, light-dark(#17181d, #eceef3));
    background: none;
    font-size: 15px;
    pointer-events: none;
  }
  .stack:not(:popover-open) {
    display: none;
  }
  @media print {
    .stack:popover-open {
      display: none;
    }
  }
  .stack.block-start {
    --_rise: -8px;
    inset-block: 0 auto;
  }
  .stack.inline-start {
    inset-inline: 0 auto;
  }
  .toast {
    position: relative;
    display: grid;
    grid-template-columns: 32px minmax(0, 1fr) 24px;
    gap: 0 12px;
    align-items: center;
    min-block-size: 64px;
    padding: 10px 12px 10px 16px;
    padding-inline: 16px 12px;
    border: 1px solid var(--_line);
    border-radius: max(var(--_radius), 12px);
    background: var(--_surface);
    box-shadow: 0 8px 28px rgb(0 0 0 / 14%);
    pointer-events: auto;
    animation: rise 0.2s ease-out;
    transition: opacity 0.2s;
  }
  .leaving {
    opacity: 0;
    pointer-events: none;
  }
  .toast.changed::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: inherit;
    pointer-events: none;
    animation: over var(--_speed) ease-out;
  }
  .told {
    min-inline-size: 0;
  }
  .first {
    display: -webkit-box;
    overflow: hidden;
    font-weight: 600;
    line-height: 1.3;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .second {
    display: flex;
    color: var(--_muted);
    font-size: 13px;
    white-space: pre;
  }
  .second bdi {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    unicode-bidi: isolate;
  }
  .toast .problem {
    grid-column: span 2;
    font-size: 13px;
  }
  button.close {
    display: grid;
    place-items: center;
    padding: 0;
    color: var(--_muted);
  }
  button.close:hover {
    background: var(--_faint);
    color: inherit;
  }
  svg {
    inline-size: 10px;
    block-size: 10px;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-width: 1.6;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(var(--_rise));
    }
  }
  @keyframes over {
    from {
      background-color: var(--_wash);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .toast {
      animation: none;
      transition: none;
    }
    .toast.changed::after {
      animation: over 1s steps(1, end);
    }
  }
`
