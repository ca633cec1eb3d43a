// The problem of a page, in words: playground/components/problem.html.

import { ApiError, explain } from "./api.js";

/** Show an error in the component; null hides it. Errors that are no ApiError are shown by their message. */
export function showProblem(root, error, { isVisitor = true } = {}) {
  root.hidden = !error;
  if (!error) return;
  const { title, text, action } = error instanceof ApiError
    ? explain(error, { isVisitor })
    : { title: error.title ?? "", text: error.message, action: error.action ?? null };
  root.querySelector('[data-problem="title"]').textContent = title && `${title}.`;
  root.querySelector('[data-problem="text"]').textContent = text;
  const link = root.querySelector('[data-problem="action"]');
  link.hidden = !action;
  if (action) {
    link.textContent = action.text;
    link.href = action.href;
  }
}
