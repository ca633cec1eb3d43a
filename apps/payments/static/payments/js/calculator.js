// Price of a month: credits of the entered amounts, then the cheapest plan and packs that cover them. The page shows it by Alpine.

const prices = JSON.parse(document.querySelector("#prices").textContent);

const startOf = (id) => Number(document.querySelector(`#${id}`).value) || 0;
const money = (minor, row) => (minor / 10 ** row.decimals).toLocaleString("en", { style: "currency", currency: row.currency.toUpperCase() });

/** Packs for the credits that a plan lacks: as many as needed of the one that costs least in total. */
function packsFor(missing) {
  if (missing <= 0) return { minor: 0, text: "" };
  const options = prices.packs.map((pack) => {
    const count = Math.ceil(missing / pack.millicredits);
    return { minor: count * pack.minor, text: `${count} × ${pack.name}` };
  });
  return options.sort((one, other) => one.minor - other.minor)[0] ?? null;
}

function cheapest(total) {
  const options = prices.plans.map((plan) => {
    const packs = packsFor(total - plan.millicredits);
    return packs && { plan, minor: plan.minor + packs.minor, packs: packs.text };
  });
  return options.filter(Boolean).sort((one, other) => one.minor - other.minor)[0];
}

document.addEventListener("alpine:init", () => window.Alpine.data("calculator", () => ({
  characters: startOf("characters"),
  tier: startOf("tier"),
  minutes: startOf("minutes"),
  conversion: startOf("conversion"),

  get total() {
    const { characters, tier, minutes, conversion } = this;
    const amount = (entered) => Math.max(0, Number(entered) || 0);
    return (amount(characters) / 1000) * tier + amount(minutes) * prices.transcription + amount(conversion) * prices.conversion;
  },
  get needed() {
    return (this.total / 1000).toLocaleString("en", { maximumFractionDigits: 0 });
  },
  get advice() {
    const best = cheapest(this.total);
    return best ? `Cheapest: ${best.plan.name}${best.packs ? ` and ${best.packs}` : ""}, ${money(best.minor, best.plan)} a month.` : "";
  },
})));
