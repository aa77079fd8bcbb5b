import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { longDate } from '../../domain/time.ts';
import type { Topic } from '../../domain/topic.ts';
import { viewPath, type View } from '../../domain/view.ts';
import { cut, escapeXml } from '../text.ts';
import { topicPath } from './links.ts';
import { counted, line } from './prose.ts';
import { ruleSentence } from './topic-rule.ts';
import { viewNames } from './view-names.ts';

/*
 * The pictures that stand for pages where they are shared (Open Graph, ogp.me): drawn as SVG from the same frozen data
 * as the pages, and made into PNG by `paintPng`. The type is Inter, which has Latin, Greek and Cyrillic letters; a
 * title in another script is left out rather than drawn as empty boxes.
 */

/** In pixels, as the large cards of the networks want it. */
export const pictureSize = { width: 1200, height: 630 } as const;

export const sitePicture = 'og.png';

export interface Picture {
  readonly path: string;
  /** What it says, as one sentence. */
  readonly text: string;
  /** Drawn when it is asked for. */
  svg(): string;
}

export function pictureOfSite(site: Site): Picture {
  return picture(site, sitePicture, line(site.title), [line(site.description)], '');
}

export function pictureOfTopic(site: Site, topic: Topic): Picture {
  const rule = ruleSentence(topic);
  return picture(site, `${topicPath(topic.key)}og.png`, line(topic.name), [rule], 'Papers of one topic');
}

export function pictureOfEdition(site: Site, edition: Edition): Picture {
  const picks = editionPicks(edition);
  return picture(
    site,
    `${editionPath(edition)}og.png`,
    longDate(edition.editionDate),
    picks.map((pick) => line(pick.paper.title)),
    `${line(edition.digestName)} No. ${edition.number} · ${counted(picks.length, 'paper')}`,
  );
}

export function pictureOfView(site: Site, view: View): Picture {
  const { title, range } = viewNames(view);
  return picture(
    site,
    `${viewPath(view)}og.png`,
    title,
    view.picks.map((pick) => line(pick.paper.title)),
    range,
  );
}

const [left, right] = [72, 1128];
const colours = { paper: '#fbf9f4', ink: '#1b1a17', soft: '#5a554b', accent: '#8a1c1c' } as const;

function picture(site: Site, path: string, title: string, lines: readonly string[], note: string): Picture {
  const name = line(site.title);
  return {
    path,
    text: [title === name ? '' : name, title, note].filter(Boolean).join(': '),
    svg: () => draw(site, name, title, lines, note),
  };
}

function draw(site: Site, name: string, title: string, lines: readonly string[], note: string): string {
  const parts: string[] = [];
  let y = 84;
  if (title !== name) parts.push(text(drawable(name), y, 30, 700, colours.accent));
  parts.push(rule(y + 28, 6), rule(y + 38, 2));
  y += 116;
  for (const row of wrapped(drawable(title) || drawable(name) || 'Broadsheet', 64, 2)) {
    parts.push(text(row, y, 64, 700, colours.ink));
    y += 74;
  }
  y += 6;
  for (const one of lines.map(drawable).filter(Boolean)) {
    const rows = wrapped(one, 32, 2);
    if (y + (rows.length - 1) * 42 > 530) break;
    for (const row of rows) {
      parts.push(text(row, y, 32, 400, colours.ink));
      y += 42;
    }
    y += 16;
  }
  const foot = [drawable(note), new URL(site.baseUrl).host].filter(Boolean).join(' · ');
  parts.push(rule(560, 2), text(cut(foot, 70), 600, 26, 400, colours.soft));
  if (site.isSample)
    parts.push(text('Sample: papers and people are invented', 84, 24, 400, colours.soft, true));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureSize.width}" height="${pictureSize.height}">` +
    `<rect width="${pictureSize.width}" height="${pictureSize.height}" fill="${colours.paper}"/>${parts.join('')}</svg>`
  );
}

function text(value: string, y: number, size: number, weight: number, fill: string, isRight = false): string {
  const [x, anchor] = isRight ? [right, 'end'] : [left, 'start'];
  return (
    `<text x="${x}" y="${y}" text-anchor="${anchor}" font-family="Inter" font-size="${size}" font-weight="${weight}" ` +
    `fill="${fill}">${escapeXml(value)}</text>`
  );
}

function rule(y: number, height: number): string {
  return `<rect x="${left}" y="${y}" width="${right - left}" height="${height}" fill="${colours.ink}"/>`;
}

/** The text when the font has its letters, else nothing. */
function drawable(value: string): string {
  const known =
    /^[ -~\u00A0-\u024F\u0370-\u03FF\u0400-\u04FF\u1E00-\u1EFF\u2010-\u2027\u2030-\u203A\u20AC\u2212]*$/;
  return known.test(value) ? value : '';
}

/** At most `most` rows that fit between the margins; the last one ends in an ellipsis where the text goes on. */
function wrapped(value: string, size: number, most: number): readonly string[] {
  // A letter of Inter is half as wide as high on average; wide ones are allowed for.
  const length = Math.floor((right - left) / (size * 0.56));
  const rows: string[] = [];
  let rest = value;
  while (rest !== '' && rows.length < most) {
    if (rest.length <= length || rows.length === most - 1) {
      rows.push(cut(rest, length));
      break;
    }
    const space = rest.lastIndexOf(' ', length);
    const end = space > length / 2 ? space : length;
    rows.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rows;
}
