// A select whose choice decides what the next one offers: province, city, county.
(() => {
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
  document.querySelectorAll("select[data-chained]").forEach((select) => {
    const target = document.getElementById(select.dataset.chainedTarget);
    if (!target) return;
    select.form.querySelectorAll("[data-chained-button]").forEach((button) => (button.hidden = true));
    select.addEventListener("change", async () => {
      if (!select.value) {
        fill(target, []);
        return;
      }
      const asked = select.value;
      const address = new URL(select.dataset.chained, window.location.href);
      address.searchParams.set("parent", asked);
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || select.value !== asked) return;
      const told = await answer.json();
      fill(target, told.options);
      if (told.rules) link(document.getElementById(select.dataset.chainedRules), told.rules);
    });
  });
})();
