import { css } from 'lit'

export const styles = css`
  .value {
    font-size: 2.4em;
  }
  .noun {
    font-size: 0.42em;
  }
`
