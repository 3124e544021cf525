// The page's language, said once: for Intl, and for texts that come in several languages.

/** As <html lang> names it. */
export const language = document.documentElement.lang || "en";

/** For Intl: as the server writes numbers and dates, 21 November and 13:15. */
export const locale = language === "en" ? "en-GB" : language;

const wanted = [language, language.split("-")[0], "en"];

/** The reader's language out of a text by language; as the server chooses it. */
export function inLanguage(text) {
  const found = wanted.find((code) => text[code]);
  return found ? text[found] : Object.values(text)[0] ?? "";
}
