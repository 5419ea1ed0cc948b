import { css } from 'lit'

export const styles = css`
  .aside {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .save {
    padding-inline: 6px;
    color: var(--_muted);
    font-size: var(--_small);
  }
  .save:hover {
    color: inherit;
  }
  [aria-disabled='true'].save {
    opacity: 0.4;
  }
  .save.failed {
    color: var(--_down);
  }
  .body {
    container-type: inline-size;
  }
  .ghost.heads {
    block-size: 24px;
    background: none;
  }
  .columns {
    min-block-size: calc(28px + var(--_rows) * var(--_row));
  }
  .columns table {
    --_columns: auto auto;
  }
  .of-1 table {
    --_columns: auto;
  }
  .of-3 table {
    --_columns: auto auto auto;
  }
  .of-4 table {
    --_columns: auto auto auto auto;
  }
  .of-5 table {
    --_columns: auto auto auto auto auto;
  }
  /* Where there is no room for all figures, the first ones stay; the share is in the bar. */
  @container (max-width: 560px) {
    :is(.of-4, .of-5) table {
      --_columns: auto auto auto;
    }
    .columns tr > :nth-child(n + 5) {
      display: none;
    }
  }
  @container (max-width: 420px) {
    :is(.of-3, .of-4, .of-5) table {
      --_columns: auto auto;
    }
    .columns tr > :nth-child(n + 4) {
      display: none;
    }
  }
  @container (max-width: 280px) {
    table,
    .columns.columns table {
      --_columns: auto;
    }
    tr > :nth-child(n + 3) {
      display: none;
    }
  }
  input {
    inline-size: 100%;
    min-block-size: 32px;
    margin-block-end: 6px;
    padding: 4px 8px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: transparent;
    font-size: max(0.87em, 13px);
  }
  input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
`
