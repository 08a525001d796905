// Buttons that only a script can serve: they are hidden without one.
// Copies the text standing before the button.
document.querySelectorAll("[data-copy]").forEach((button) => {
  const text = button.parentElement.querySelector("code");
  const word = button.querySelector("[data-copy-word]") || button;
  if (!text || !navigator.clipboard) return;
  const usual = word.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    word.textContent = document.body.dataset.copied;
    window.setTimeout(() => (word.textContent = usual), 3000);
  });
});
// A button that prints the page; without script the browser's own menu does.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
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
