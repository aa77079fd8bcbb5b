/**
 * A page in a few words, for answers that must not depend on anything that was published. `text` and `home` are
 * ours: nothing of the request stands in them.
 */
export function plainPage(title: string, text: string, home?: string): string {
  const style = home === undefined ? '' : `<link rel="stylesheet" href="${home}style.css">`;
  const way = home === undefined ? '' : `<p><a href="${home}">To the front page</a></p>`;
  return `<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${style}<title>${title}</title><main><h1>${title}</h1>\n<p>${text}</p>${way}</main></html>\n`;
}
