import { css } from 'lit'

export const styles = css`
  table {
    --_columns: auto repeat(4, auto);
  }
  /* Where the rows will be, below their heads. */
  .ghost {
    translate: 0 28px;
  }
  .body {
    min-block-size: calc(28px + var(--_rows) * var(--_row));
  }
  .at-course div {
    display: flex;
    gap: 12px;
    align-items: center;
    justify-content: end;
    font-size: var(--_small);
  }
  .at-course .spark {
    flex: none;
    inline-size: 72px;
  }
  .at-visitors,
  .at-value {
    min-inline-size: 4.5em;
    text-align: end;
    white-space: nowrap;
  }
  .noun {
    display: none;
  }
  @container (max-width: 680px) {
    .at-course .spark {
      inline-size: 44px;
    }
  }
  /* A row is two lines: what came of the goal, and below it by whom and what it was worth. */
  @container (max-width: 560px) {
    .body {
      --_row: 58px;
    }
    table {
      --_columns: auto auto;
    }
    tbody tr {
      min-block-size: 54px;
      align-content: center;
    }
    tbody :is(.at-visitors, .at-value) {
      grid-row: 2;
      font-size: var(--_small);
      line-height: 1.2;
    }
    tbody .at-visitors {
      grid-column: 1;
      text-align: start;
    }
    tbody .at-value {
      grid-column: 2 / -1;
    }
    tbody th button,
    .still {
      min-block-size: 26px;
    }
    .noun {
      display: inline;
    }
    /* A long title reaches over the names, rather than taking their room. */
    thead .at-conversions {
      display: flex;
      justify-content: end;
      justify-self: end;
      inline-size: 0;
    }
    thead button {
      flex: none;
    }
    thead :is(.at-visitors, .at-value),
    .at-course {
      display: none;
    }
  }
`
