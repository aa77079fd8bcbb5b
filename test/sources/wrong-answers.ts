/** What a server may send instead of JSON, with the code of the error that it is. */
export const wrongJsonAnswers: readonly (readonly [what: string, body: string, code: string])[] = [
  ['nothing', '', 'malformed'],
  ['white space', ' \n', 'malformed'],
  ['half an array', '[{"paper":', 'malformed'],
  ['half an object', '{"messages":[{"status":"o', 'malformed'],
  ['an HTML page', '<!doctype html><title>Just a moment</title>', 'not-recognised'],
  ['plain text', 'Service temporarily unavailable', 'not-recognised'],
  ['a number', '7', 'not-recognised'],
  ['null', 'null', 'not-recognised'],
  ['a string', '"papers"', 'not-recognised'],
];
