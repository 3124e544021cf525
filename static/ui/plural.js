// Sentences with a number: picks the form that the page's language takes, from what apps/core/plurals.py wrote.

import { locale } from "plenary/ui/language.js";

const rules = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

/** A number as the page's language writes it. */
export function number(value) {
  return numbers.format(value);
}

/** `forms` has a sentence with %(count)s for each category. */
export function counted(forms, count) {
  return (forms[rules.select(count)] ?? forms.other).replace("%(count)s", number(count));
}
