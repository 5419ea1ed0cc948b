import { css } from 'lit'

export const styles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    contain: none;
  }
  .button {
    display: inline-flex;
    gap: 8px;
    align-items: center;
    min-block-size: 36px;
    max-inline-size: 100%;
    padding: 0 12px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background: var(--_surface);
    font-size: max(0.9em, 13px);
  }
  .kind {
    color: var(--_muted);
  }
  @media (max-width: 820px) {
    .kind {
      display: none;
    }
  }
  @media (max-width: 480px) {
    :host {
      gap: 6px;
    }
    .button.button {
      gap: 6px;
      padding: 0 8px;
    }
  }
  .button > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .button:last-of-type {
    font-weight: 600;
  }
  .button:hover,
  .button[aria-expanded='true'] {
    border-color: var(--_muted);
  }
  .button svg {
    flex: none;
    inline-size: 10px;
    block-size: 6px;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.6;
  }
  .menu {
    position: absolute;
    inset: auto;
    top: var(--_top);
    left: var(--_left);
    inline-size: 248px;
    max-block-size: var(--_most);
    margin: 0;
    padding: 6px;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: 12px;
    background: var(--_surface);
    color: var(--hk-text, inherit);
    box-shadow: 0 8px 28px rgb(0 0 0 / 0.14);
    font-size: max(0.9em, 13px);
  }
  .option {
    display: flex;
    gap: 8px;
    align-items: center;
    min-block-size: 32px;
    padding: 0 10px;
    border-radius: var(--_radius);
    cursor: pointer;
  }
  .option::before {
    content: '';
    flex: none;
    inline-size: 6px;
    block-size: 6px;
    border-radius: 50%;
  }
  .option[aria-selected='true'] {
    font-weight: 600;
  }
  .option[aria-selected='true']::before {
    background: var(--_accent);
  }
  .option:hover,
  .option:focus-visible {
    background: var(--_faint);
  }
  .option:focus-visible {
    outline-offset: -2px;
  }
  form {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 8px;
    margin-block-start: 6px;
    padding: 10px 4px 4px;
    border-block-start: 1px solid var(--_line);
  }
  label {
    display: grid;
    gap: 2px;
    min-inline-size: 0;
    color: var(--_muted);
    font-size: 12px;
  }
  input {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 34px;
    padding: 0 6px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: transparent;
    color: var(--hk-text, CanvasText);
    font-size: 12px;
  }
  form button {
    grid-column: 1 / -1;
    min-block-size: 34px;
    border: 1px solid var(--_line);
    font-weight: 600;
  }
  form button:hover {
    border-color: var(--_muted);
  }
  @media (forced-colors: active) {
    .option[aria-selected='true']::before {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`
