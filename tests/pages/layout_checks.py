"""Checks of a page's layout in Chromium: nothing wider than the window, cut off, lying over something else or broken within a word."""

from typing import Final

from tests.sweep.browser import Browser

WIDTHS: Final = (320, 390, 768, 1280)
"""Windows that a page is measured in: the smallest that WCAG asks for, a phone, a tablet, a laptop."""
FAULTS: Final = """
(() => {
    const name = one => `${one.tagName.toLowerCase()}${one.className && one.className.split ? '.' + one.className.trim().split(/\\s+/).join('.') : ''}`;
    const said = text => JSON.stringify(text.trim().slice(0, 40));
    const scrolls = one => { const style = getComputedStyle(one); return [style.overflowX, style.overflowY].some(value => value === 'auto' || value === 'scroll'); };
    const hides = one => getComputedStyle(one).overflowX !== 'visible';
    const shown = [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !one.closest('.visually-hidden, .skip-link, svg, thead, [aria-hidden=true], .toasts, wave, option, canvas'));
    const floats = one => { for (; one; one = one.parentElement) if (/fixed|sticky/.test(getComputedStyle(one).position)) return true; return false; };
    const faults = [];

    // Words of the page, each with the boxes of its lines.
    const words = [];
    for (const one of shown) {
        for (const node of one.childNodes) {
            if (node.nodeType !== 3 || !node.data.trim()) continue;
            for (const found of node.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(node, found.index);
                range.setEnd(node, found.index + found[0].length);
                const boxes = [...range.getClientRects()].filter(box => box.width > 0);
                if (boxes.length) words.push({ one, text: found[0], boxes });
            }
        }
    }
    const isCode = one => one.closest('code, pre, .mono, .secret, .code, textarea, .address, .long-text');
    for (const word of words) {
        const lines = new Set(word.boxes.map(box => Math.round(box.top)));
        if (lines.size > 1 && word.text.length < 16 && /^[\\w.,’'€$]+$/.test(word.text) && !isCode(word.one)) faults.push(`${name(word.one)} breaks the word ${said(word.text)}`);
        const right = Math.max(...word.boxes.map(box => box.right));
        for (let box = word.one; box; box = box.parentElement) {
            if (scrolls(box)) break;
            const edge = box.getBoundingClientRect().right;
            const style = getComputedStyle(box);
            if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') break;
            if (hides(box) && style.display !== 'inline' && right > edge + 1) { faults.push(`${name(box)} cuts off ${said(word.text)}`); break; }
            if (box.matches('.card, .banner, .button, .badge, td, th, .field, .code-box') && right > edge + 1) { faults.push(`${said(word.text)} leaves ${name(box)}`); break; }
        }
    }
    // Words that lie over words of another element.
    const isSeen = (one, box) => {
        for (; one; one = one.parentElement) {
            if (!scrolls(one)) continue;
            const edge = one.getBoundingClientRect();
            if (box.left > edge.right || box.right < edge.left || box.top > edge.bottom || box.bottom < edge.top) return false;
        }
        return true;
    };
    const flat = words.filter(word => !floats(word.one)).flatMap(word => word.boxes.map(box => ({ one: word.one, text: word.text, box })))
        .filter(word => isSeen(word.one, word.box)).sort((a, b) => a.box.top - b.box.top);
    for (let i = 0; i < flat.length; i++) {
        for (let j = i + 1; j < flat.length && flat[j].box.top < flat[i].box.bottom; j++) {
            const a = flat[i], b = flat[j];
            if (a.one === b.one) continue;
            const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            if (wide > 2 && high > 4) faults.push(`${said(a.text)} of ${name(a.one)} lies over ${said(b.text)} of ${name(b.one)}`);
        }
    }
    // A box that scrolls sideways, and which the keyboard does not reach or which nothing names.
    for (const one of shown) {
        const style = getComputedStyle(one);
        if (!/auto|scroll/.test(style.overflowX) || one.scrollWidth <= one.clientWidth + 1 || one.matches('textarea, input, select')) continue;
        const isReached = one.tabIndex >= 0 || one.querySelector('a[href], button, input, select, textarea, [tabindex="0"]');
        if (!isReached) faults.push(`${name(one)} scrolls, but the keyboard does not reach it`);
    }
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) {
        const culprits = shown.filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !one.parentElement.closest('.table-scroll')).map(name);
        faults.unshift(`wider than the window by ${wide} pixels: ${culprits.slice(0, 6).join(', ')}`);
    }
    return [...new Set(faults)].slice(0, 8);
})()
"""


def layout_faults(chromium: Browser) -> list[str]:
    """Up to eight faults in the layout of the page being shown, at its present size."""
    return list(chromium.value(FAULTS))
