// Guesses the time zone from the browser, where the owner has not chosen one, and says in one line what is chosen.
{
  const zones = document.querySelector("select[data-guess-timezone]");
  const zoneOf = (options) => new Intl.DateTimeFormat("en", options).resolvedOptions().timeZone;
  const guess = zoneOf({});
  const isSame = zones && zoneOf({ timeZone: zones.value }) === guess; // Europe/Kiev is an older name of Europe/Kyiv
  if (zones && !isSame && [...zones.options].some((option) => option.value === guess)) zones.value = guess;

  const say = (chosen) => {
    const said = document.querySelector(`[data-said="${chosen.name}"]`);
    if (said) said.textContent = chosen.name === "currency" ? chosen.value : chosen.selectedOptions[0].textContent;
  };
  for (const chosen of document.querySelectorAll("select[name=timezone], select[name=currency]")) {
    chosen.addEventListener("change", () => say(chosen));
    say(chosen);
  }
}
