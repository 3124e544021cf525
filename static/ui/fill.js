// Sentences with blanks, as gettext writes them.

/** The sentence with its blanks filled in. What is put in stays as it is, also where it looks like a blank, or holds a
 * sign that a replacement would understand ($&). */
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (blank, name) => (name in values ? values[name] : blank));
}
