import type { Score } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { topicLinks } from './card.ts';
import { counted, line, listed } from './prose.ts';

/** A score in numbers and sentences, as the page of a paper shows it. */
export function scoreView(site: Site, score: Score): object {
  const longest = Math.max(...score.parts.map((part) => part.value));
  return {
    value: votes(score.value),
    parts: score.parts.map((part) => ({
      name: part.name,
      value: votes(part.value),
      width: part.value > 0 ? Math.round((part.value / longest) * 100) : 0,
    })),
    age: counted(Math.round(score.ageHours), 'hour'),
    shareIn: percent(score.shareIn),
    unlisted:
      score.shareIn > 0
        ? undefined
        : {
            chance: score.chance === undefined ? undefined : percent(score.chance),
            by: listed((score.chanceFor ?? []).map(line)),
          },
    trend: trendWords(score),
    rise: riseWords(score),
    standing: standingWords(site, score),
    missing: listed(score.missing),
  };
}

function trendWords({ trend }: Score): string | undefined {
  if (!trend) return undefined;
  const votesWord = Math.abs(trend.gained) === 1 ? 'vote' : 'votes';
  return (
    `${signed(trend.gained)} ${votesWord} in ${counted(Math.round(trend.hours), 'hour')}: ` +
    `${percent(trend.percentile)} of the papers it was compared with gained as much or less.`
  );
}

function riseWords({ rise }: Score): string | undefined {
  if (!rise) return undefined;
  const what = rise.signal === 'upvotes' ? 'votes' : rise.signal;
  const usual =
    rise.usual === undefined
      ? ''
      : `; ${rise.usual < 1 ? 'less than one is' : `${Math.round(rise.usual)} are`} usual at its age`;
  return `${signed(rise.gained)} ${what} in ${counted(Math.round(rise.hours), 'hour')}${usual}.`;
}

function standingWords(site: Site, { standing }: Score): string | undefined {
  if (!standing) return undefined;
  const [topic] = standing.topic === undefined ? [] : topicLinks(site, [standing.topic]);
  const pool = topic === undefined ? 'recent papers' : `recent papers in ${topic.name}`;
  return `Of ${standing.of} ${pool}, ${percent(standing.percentile)} have less.`;
}

/** Whole per cent, rounded down, so that only everything is 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** One decimal, with a real minus sign. */
function votes(value: number): string {
  return value.toFixed(1).replace('-', '−');
}

function signed(count: number): string {
  return count < 0 ? `−${-count}` : `+${count}`;
}
