// SSML in a text field: inserting elements, and counting what is spoken as the API counts it.

const ENTITY = /&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos);/gi;
const TAG = /<\/?(?:speak|p|s|lang|voice|prosody|emphasis|break|say-as|phoneme|sub)\b[^>]*>/gi;
const VOICE = /\[\/?voice(?::[^\]]*)?\]/gi;

/** Characters of a text without its markup: what the API charges and limits. */
export function countCharacters(text) {
  const untagged = text.replace(TAG, "");
  const written = untagged === text ? text : untagged.replace(ENTITY, "x"); // references stand for characters in markup only
  return [...written.replace(VOICE, "")].length;
}

/**
 * Put an element around the selection of a field, or insert it. A `|` in `before` is where the cursor goes then.
 * sample: content where nothing is selected; it is selected afterwards. The browser's undo takes it back.
 */
export function insertMarkup(field, { before, after = "", sample = "" }) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const content = value.slice(start, end) || sample;
  const cursor = before.indexOf("|");
  const opening = before.replace("|", "");
  replaceSelection(field, opening + content + after);
  if (cursor >= 0) field.setSelectionRange(start + cursor, start + cursor);
  else if (after && content) field.setSelectionRange(start + opening.length, start + opening.length + content.length);
}

/** Replace the selection, so that it can be undone. */
export function replaceSelection(field, text) {
  field.focus();
  if (document.execCommand("insertText", false, text)) return; // the only way that undo knows
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
