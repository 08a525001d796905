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
