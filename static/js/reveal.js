// Show and hide what was typed into a password field.
document.querySelectorAll("[data-reveal]").forEach((button) => {
  const input = document.getElementById(button.dataset.reveal);
  if (!input || input.disabled) return;
  const show = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-controls", input.id);
  const draw = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : show;
  };
  button.addEventListener("click", () => draw(input.type === "password"));
  // hidden again before it is sent, so that the browser does not remember it as plain text
  if (input.form) input.form.addEventListener("submit", () => draw(false));
});
