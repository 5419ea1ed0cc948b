import { css } from 'lit'

export const styles = css`
  :host {
    display: inline-block;
    font-size: max(0.87em, 12px);
  }
  .status {
    display: inline-flex;
    gap: 0.3em;
    align-items: center;
    color: var(--_muted);
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    margin-inline: 3px;
    border-radius: 50%;
    background: currentcolor;
    box-shadow: 0 0 0 3px color-mix(in srgb, currentcolor 20%, transparent);
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
