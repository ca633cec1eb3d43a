// Words that light up as they are spoken.

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Index of the word that is heard at a second, or of the last one before it; -1 before the first. words: in order of their start. */
export function wordAt(words, seconds) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** True if a space belongs between two words. */
export const hasSpace = (before, after) => !(UNSPACED.test(before.at(-1) ?? "") && UNSPACED.test(after[0] ?? ""));

/** Words in a scrolling container. onSeek: called with the start of a word that was clicked. */
export class Words {
  #container;
  #words = [];
  #spans = [];
  #current = -1;

  constructor(container, { onSeek } = {}) {
    this.#container = container;
    container.addEventListener("click", (event) => {
      const index = this.#spans.indexOf(event.target.closest(".word"));
      if (index >= 0) onSeek?.(this.#words[index].start);
    });
  }

  get length() {
    return this.#words.length;
  }

  clear() {
    this.#container.replaceChildren();
    this.#words = [];
    this.#spans = [];
    this.#current = -1;
  }

  /** Add words: {word, start, end}, times in seconds. */
  append(words) {
    const added = document.createDocumentFragment();
    for (const word of words) {
      const before = this.#words.at(-1);
      if (before && hasSpace(before.word, word.word)) added.append(" ");
      const span = document.createElement("span");
      span.className = "word";
      span.textContent = word.word;
      added.append(span);
      this.#words.push(word);
      this.#spans.push(span);
    }
    this.#container.append(added);
  }

  /** Light the word that is heard at this second; those before it are marked as spoken. */
  setTime(seconds, { isFollowed = true } = {}) {
    const index = seconds > 0 || isFollowed ? wordAt(this.#words, seconds) : -1; // nothing is lit before it begins
    if (index === this.#current) return;
    const [from, to] = [Math.min(index, this.#current), Math.max(index, this.#current)];
    for (let i = Math.max(0, from); i <= to; i += 1) {
      this.#spans[i].classList.toggle("is-spoken", i < index);
      this.#spans[i].classList.toggle("is-current", i === index);
    }
    this.#current = index;
    if (isFollowed && index >= 0) this.#follow(this.#spans[index]);
  }

  #follow(span) {
    const box = this.#container;
    if (box.scrollHeight <= box.clientHeight) return;
    const top = span.offsetTop - box.offsetTop;
    if (top >= box.scrollTop && top + span.offsetHeight <= box.scrollTop + box.clientHeight * 0.75) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.scrollTo({ top: top - box.clientHeight * 0.25, behavior: isCalm ? "auto" : "smooth" });
  }
}
