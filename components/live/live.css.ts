import { css } from 'lit'

export const styles = css`
  .recent {
    color: var(--_muted);
    font-size: max(0.87em, 12px);
  }
  .value {
    font-size: 2.4em;
  }
  .noun {
    font-size: 0.42em;
  }
`
