// Asks, as the button Check does, what a save would say, and shows it on the page.
// Without this file the button is there; what a save says it says itself in the end.
const form = document.querySelector("#save-form[data-check]");
const place = document.querySelector("#forecast");

const ask = async () => {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("key"); // it is kept for the save
  place.textContent = place.dataset.asking;
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...(page.querySelector("#forecast")?.childNodes ?? []));
    const consent = page.querySelector("#consent")?.childNodes ?? [];
    document.querySelector("#consent").replaceChildren(...consent);
  } catch {
    place.replaceChildren(); // no answer is no forecast: the button asks again
  }
};

if (form && place && !place.childElementCount) ask();
