// A group of fields that only one answer asks for: hidden, and not sent, while another answer is chosen.
// `name=` is the answer of a box that is not ticked. A hint to leave the group empty is for readers without script.
document.querySelectorAll("[data-shown-when]").forEach((group) => {
  const [name, wanted] = group.dataset.shownWhen.split("=");
  const form = group.closest("form");
  group.querySelectorAll("[data-without-script]").forEach((hint) => (hint.hidden = true));
  const draw = () => {
    const chosen = form.querySelector(`[name="${name}"]:checked`);
    group.hidden = (chosen ? chosen.value : "") !== wanted;
    group.disabled = group.hidden;
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === name) draw();
  });
  draw();
});
