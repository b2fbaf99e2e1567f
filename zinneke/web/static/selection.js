/* Two small comforts, neither needed: sliders beside the weights, and digits that choose a grade on a sheet. */

for (const form of document.querySelectorAll("form[data-weights]")) {
  for (const field of form.querySelectorAll(".weight")) {
    const number = field.querySelector("input");
    const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, step: 1, value: number.value });
    slider.setAttribute("aria-label", field.querySelector("label").textContent);
    slider.addEventListener("input", () => (number.value = slider.value));
    number.addEventListener("input", () => (slider.value = number.value.replace(",", ".")));
    field.append(slider);
  }
}

for (const form of document.querySelectorAll("form[data-sheet]")) {
  form.addEventListener("keydown", (event) => {
    const group = event.target.type === "radio" && /^[0-9]$/.test(event.key) && event.target.closest("fieldset");
    const grade = group && group.querySelector(`input[type=radio][value="${event.key}"]`);
    if (!grade) return;
    event.preventDefault();
    grade.checked = true;
    const following = group.nextElementSibling;
    const next = following && following.querySelector("input[type=radio]:checked, input[type=radio]");
    (next || form.querySelector("button")).focus();
  });
}
