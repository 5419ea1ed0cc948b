import { css } from 'lit'

export const styles = css`
  .block {
    container-type: inline-size;
    contain-intrinsic-inline-size: 9em;
    flex: auto;
    min-inline-size: 0;
    place-self: stretch;
  }
  .label {
    overflow: hidden;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .value {
    font-size: 1.7em;
  }
  /* 1.15 to 1.7 times the text around, so that --_ems of it fit. */
  .value data {
    font-size: clamp(0.68em, 100cqi / var(--_ems, 1), 1em);
  }
  .foot {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    min-block-size: 22px;
    font-size: var(--_small);
  }
  .busy .foot {
    visibility: hidden;
  }
  @container (max-width: 120px) {
    .spark {
      display: none;
    }
  }
`
