/** What an action of a Go template begins with, and an expression of Jinja does not. */
const goAction =
  /\{\{-?\s*(?:\.|\$|\/\*|(?:if|range|with|template|block|define|else|end|break|continue|json|printf?|println|eq|ne|and|or|not|len|index|slice|currentDate)(?![\w(.[=]))/;

/**
 * Whether a template is one of Go, not of Jinja.
 *
 * One with a block of Jinja, `{% ... %}`, is Jinja. Any other is Go's where an action begins with a field, a variable, or
 * a word of Go's. Text without any action, such as the name of a format, is not.
 */
export function isGoTemplate(text: string): boolean {
  return !/\{%[-+]?\s*\w/.test(text) && goAction.test(text);
}
