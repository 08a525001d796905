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
    target.dispatchEvent(new Event("change"));
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
      fill(target, (await answer.json()).options);
    });
  });
})();
