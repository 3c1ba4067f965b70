// Guesses the time zone from the browser, where the owner has not chosen one.
{
  const zones = document.querySelector("select[data-guess-timezone]");
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones && [...zones.options].some((option) => option.value === guess)) zones.value = guess;
}
