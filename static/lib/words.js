// Words of the person's language: fills {placeholders} and picks the plural form (keys "x.one", "x.few", "x.many", "x.other").

/** @typedef {Record<string, string | number>} Values */
/** @typedef {(key: string, values?: Values) => string} Say */

/**
 * A missing key is shown as itself: better an odd word than an empty button.
 * With `values.count` the plural form of the key is taken where there is one.
 * @param {Record<string, string>} table @param {string} language @returns {Say}
 */
export function wordsOf(table, language) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const counted = typeof values.count === "number" ? table[`${key}.${plural.select(values.count)}`] : undefined;
    const text = counted || table[key] || table[`${key}.other`] || key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
