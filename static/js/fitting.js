// A select that offers only what fits the choice above it; without a choice, everything in its groups.
document.querySelectorAll("select[data-fitting]").forEach((select) => {
  const above = document.getElementById(select.dataset.fitting);
  const everything = [...select.children];
  const options = [...select.options];
  const draw = () => {
    const chosen = select.value;
    const fitting = options.filter((option) => !option.value || option.dataset.fits === above.value);
    select.replaceChildren(...(above.value ? fitting.map((option) => option.cloneNode(true)) : everything));
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  };
  above.addEventListener("change", draw);
  window.addEventListener("pageshow", draw);
  draw();
});
