import { css } from 'lit'

export const styles = css`
  :host {
    display: inline;
    contain: none;
    line-height: inherit;
  }
  .status {
    white-space: nowrap;
  }
  .dot {
    display: inline-block;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-inline: 0.25em 0.4em;
    border-radius: 50%;
    vertical-align: 0.1em;
    color: var(--_muted);
    background: currentcolor;
    box-shadow: 0 0 0 0.2em color-mix(in srgb, currentcolor 20%, transparent);
  }
  .live .dot {
    color: var(--_live);
  }
  .offline .dot,
  .unauthorized .dot,
  .backoff .dot {
    color: var(--_down);
  }
  .pulse .dot {
    animation: pulse 0.6s ease-out;
  }
  .problem {
    display: inline;
  }
  @keyframes pulse {
    from {
      box-shadow: 0 0 0 0 currentcolor;
    }
    to {
      box-shadow: 0 0 0 8px transparent;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .pulse .dot {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .dot {
      forced-color-adjust: none;
      background: CanvasText;
    }
  }
`
