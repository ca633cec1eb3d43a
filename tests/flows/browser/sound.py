"""Listens to the sound of a page where it reaches the device, and notes the jobs that the page began."""

from tests.sweep.browser import Browser

SCRIPT = """
window.heard = { loudest: 0, loudWindows: 0, windows: 0, jobs: [], lit: [] };
{
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...others) {
        if (target instanceof AudioDestinationNode) {
            const analyser = new AnalyserNode(this.context, { fftSize: 2048 });
            connect.call(this, analyser);
            const samples = new Float32Array(2048);
            setInterval(() => {
                analyser.getFloatTimeDomainData(samples);
                const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
                window.heard.windows += 1;
                window.heard.loudWindows += loudest > 0.02;
                window.heard.loudest = Math.max(window.heard.loudest, loudest);
            }, 50);
        }
        return connect.call(this, target, ...others);
    };
    const ask = window.fetch;
    window.fetch = async (...request) => {
        const response = await ask(...request);
        const job = response.headers.get("X-Job-Id");
        if (job) window.heard.jobs.push(job);
        return response;
    };
    new MutationObserver(() => {
        const word = document.querySelector(".words .is-current")?.textContent;
        if (word && window.heard.lit.at(-1) !== word) window.heard.lit.push(word);
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["class"] });
}
"""


def listen_to(page: Browser) -> None:
    """Begin with the next page that is opened. `window.heard` tells what was heard, the words that were lit, and the jobs."""
    page.call("Page.addScriptToEvaluateOnNewDocument", source=SCRIPT)
