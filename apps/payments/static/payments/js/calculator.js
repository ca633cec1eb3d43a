// What a month costs: credits of the entered amounts, then the cheapest plan and packs that cover them.

const prices = JSON.parse(document.querySelector("#prices").textContent);
const inputs = document.querySelectorAll("#calculator .input, #calculator .select");

const value = (id) => Math.max(0, Number(document.querySelector(`#${id}`).value) || 0);
const credits = (millicredits) => (millicredits / 1000).toLocaleString("en", { maximumFractionDigits: 0 });
const money = (minor, row) => (minor / 10 ** row.decimals).toLocaleString("en", { style: "currency", currency: row.currency.toUpperCase() });

function needed() {
  return (value("characters") / 1000) * value("tier") + value("minutes") * prices.transcription + value("conversion") * prices.conversion;
}

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

function show() {
  const total = needed(), best = cheapest(total);
  document.querySelector("#needed").textContent = credits(total);
  document.querySelector("#advice").textContent = !best ? "" :
    `Cheapest: ${best.plan.name}${best.packs ? ` and ${best.packs}` : ""}, ${money(best.minor, best.plan)} a month.`;
}

for (const input of inputs) input.addEventListener("input", show);
show();
