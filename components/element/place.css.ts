import { css } from 'lit'

/** The disc before a visit: a flag, or the code of the country. */
export const styles = css`
  .flag {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    color: color-mix(in srgb, var(--_live) 72%, light-dark(#000, #fff));
    background: color-mix(in srgb, var(--_live) 14%, transparent);
    font-size: 12px;
    font-weight: 700;
    line-height: 1;
    letter-spacing: 0.02em;
  }
  .flag:empty::before {
    content: '';
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: currentcolor;
  }
  .flies {
    font-size: 18px;
    letter-spacing: 0;
  }
  @media (forced-colors: active) {
    .flag {
      border: 1px solid CanvasText;
      color: CanvasText;
    }
    .flag:empty::before {
      forced-color-adjust: none;
      background: CanvasText;
    }
  }
`
