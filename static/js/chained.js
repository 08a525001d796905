// A select whose choice decides what the next one offers: province, city, county.
(() => {
  const WAITS = [2000, 5000, 10000, 30000];
  const fill = (target, options) => {
    const first = target.querySelector('option[value=""]');
    target.replaceChildren(...(first ? [first] : []));
    options.forEach(([value, text]) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = text;
      option.lang = "zh-Hans";
      target.append(option);
    });
    if (options.length === 1) target.value = options[0][0];
    target.dispatchEvent(new Event("change"));
  };
  // the list in brief is that of another province: only the link is left
  const link = (place, rules) => {
    const found = place?.querySelector("a");
    if (!found || found.href === new URL(rules.url, window.location.href).href) return;
    found.href = rules.url;
    found.textContent = rules.title;
    place.querySelectorAll("details").forEach((details) => details.remove());
  };
  const fetched = async (address) => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      return answer.ok ? await answer.json() : null;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return null; // no network just now
    }
  };
  document.querySelectorAll("select[data-chained]").forEach((select) => {
    const target = document.getElementById(select.dataset.chainedTarget);
    if (!target) return;
    const buttons = select.form.querySelectorAll("[data-chained-button]");
    const said = document.createElement("p");
    said.className = "hint";
    said.setAttribute("role", "status");
    select.after(said);
    // without an answer the places of the one chosen before must not stay; the button asks in another way
    const say = (isLost) => {
      said.textContent = isLost ? document.body.dataset.unheard : "";
      buttons.forEach((button) => (button.hidden = !isLost));
    };
    const ask = async (asked, tries) => {
      const address = new URL(select.dataset.chained, window.location.href);
      address.searchParams.set("parent", asked);
      const told = await fetched(address);
      if (select.value !== asked) return;
      say(!told);
      if (!told) {
        window.setTimeout(() => select.value === asked && ask(asked, tries + 1), WAITS[Math.min(tries, WAITS.length - 1)]);
        return;
      }
      fill(target, told.options);
      if (told.rules) link(document.getElementById(select.dataset.chainedRules), told.rules);
    };
    say(false);
    let chosen = select.value;
    select.addEventListener("change", () => {
      if (select.value === chosen) return; // chosen once more: its places, and the one among them, stay
      chosen = select.value;
      say(false);
      fill(target, []);
      if (select.value) ask(select.value, 0);
    });
  });
})();
