/* Where the phone is, in the place of a name that is typed. The form works without; what is sent is made coarse before it is kept. */

const form = document.querySelector("form:has([data-here])");
const here = form?.querySelector("[data-here]");

if (here && navigator.geolocation) {
  const said = here.querySelector("[data-said]");
  here.hidden = false;
  here.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lon.value = coords.longitude.toFixed(4);
        form.elements.lat.value = coords.latitude.toFixed(4);
        form.elements.place.value = "";
        said.textContent = said.dataset.said;
      },
      () => (said.textContent = said.dataset.refused),
      { timeout: 10_000 },
    );
  });
  form.elements.place.addEventListener("input", () => {
    form.elements.lon.value = form.elements.lat.value = said.textContent = "";
  });
}
