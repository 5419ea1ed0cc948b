import { css } from 'lit'

export const styles = css`
  .value {
    font-size: 2.4em;
  }
  .noun {
    font-size: 0.42em;
  }
  /* One breath at a change; at rest it stands still. */
  .block .changed {
    display: inline-block;
    transform-origin: 0 70%;
    animation:
      wash var(--_speed) ease-out,
      breathe 0.6s ease-in-out;
  }
  .block .changed:dir(rtl) {
    transform-origin: 100% 70%;
  }
  @keyframes breathe {
    40% {
      transform: scale(1.05);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .block .changed {
      animation: wash 1s steps(1, end);
    }
  }
`
