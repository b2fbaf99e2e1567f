/* The small moves: libraries are fetched only on pages that use them, and the page is whole without any of this. */

if (document.querySelector("[hx-get], [hx-post]")) import("/static/vendor/htmx.esm.min.js");

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 2000);
  });
}
