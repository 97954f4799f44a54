// What takes the server a while comes after the page: asked for once, put where the page left room for it.
import { fragment } from "./app.js";

const places = [...document.querySelectorAll("[data-later]")];

if (places.length) {
  fragment(location.pathname + places[0].dataset.later)
    .then((page) => {
      for (const place of places) {
        const found = page.getElementById(place.id);
        if (found && !found.dataset.later) place.replaceChildren(...found.childNodes);
        else place.textContent = "Not counted. Reload the page to try again.";
      }
    })
    .catch(() => {
      for (const place of places) place.textContent = "Not counted. Reload the page to try again.";
    });
}
