const SYNTAX = /[\^$\\.*+?()[\]{}|/]/g

/** Finds any of these texts, whatever their case, or what `around` makes of their patterns. */
export const anyOf = (texts: readonly string[], around = (pattern: string, _text: string) => pattern) =>
  new RegExp(texts.map((text) => around(text.replace(SYNTAX, '\\$&'), text)).join('|'), 'giu')
