import { css } from 'lit'

export const styles = css`
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
