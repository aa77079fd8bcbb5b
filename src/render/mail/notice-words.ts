/** A mail about a subscription itself. */
export type NoticeMailKind =
  | 'confirm'
  | 'already'
  | 'link'
  | 'change-old'
  | 'change-new'
  | 'export'
  | 'erase';

export interface NoticeWords {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly button: string;
  /** For who did not ask for it. */
  readonly ignore: string;
}

const notYou = 'If you did not ask for this, do nothing: then nothing happens, and you get no further mail.';
const nothingHappens = 'If you did not ask for this, do nothing: then nothing is changed.';

/**
 * What a notice says. Its words are ours and the operator's (`siteTitle`, names of digests): nothing that anybody wrote
 * into a form is among them, or a sign-up form would be a way to send one's own words to strangers.
 */
export function noticeWords(
  kind: NoticeMailKind,
  siteTitle: string,
  digestNames: readonly string[],
): NoticeWords {
  const digests = listed(digestNames);
  switch (kind) {
    case 'confirm':
      return {
        subject: `Please confirm: ${siteTitle} by mail`,
        heading: 'One step to go',
        paragraphs: [
          `Somebody, hopefully you, asked for ${digests} at this address.`,
          'The button opens a page with a second button. Only that one subscribes you. It works for seven days.',
        ],
        button: 'Confirm',
        ignore: notYou,
      };
    case 'already':
      return {
        subject: `${siteTitle}: you are subscribed`,
        heading: 'You get it already',
        paragraphs: [
          `Somebody, probably you, asked for ${digests} at this address, which gets it already. Nothing was changed.`,
          'Topics, hour and how often it comes are on your own page.',
        ],
        button: 'Open my preferences',
        ignore: nothingHappens,
      };
    case 'link':
      return {
        subject: `${siteTitle}: the link to your preferences`,
        heading: 'Your preferences',
        paragraphs: [
          'Somebody, probably you, asked for the link to your page: topics, hour, pause, leaving.',
          'Keep it to yourself: who has it can change what you get.',
        ],
        button: 'Open my preferences',
        ignore: nothingHappens,
      };
    case 'change-old':
      return {
        subject: `${siteTitle}: change your address?`,
        heading: 'Do you want another address?',
        paragraphs: [
          'Somebody asked on your preferences page that your mails go to another address. The page behind the button shows which one.',
          'When you agree there, a mail goes to the new address to be confirmed too. The link works for a day.',
        ],
        button: 'Look at the change',
        ignore: nothingHappens,
      };
    case 'change-new':
      return {
        subject: `${siteTitle}: confirm your new address`,
        heading: 'Is this your new address?',
        paragraphs: [
          'A reader asked for their mails to come to this address from now on.',
          'The button opens a page with a second button. Only that one makes the change. It works for a day.',
        ],
        button: 'Confirm the new address',
        ignore: notYou,
      };
    case 'export':
      return {
        subject: `${siteTitle}: your data`,
        heading: 'All that is stored about you',
        paragraphs: [
          'Somebody asked for your data on your preferences page. The page behind the button gives it as a JSON file, to nobody but you.',
          'The link works for a day.',
        ],
        button: 'Get my data',
        ignore: nothingHappens,
      };
    case 'erase':
      return {
        subject: `${siteTitle}: erase your data?`,
        heading: 'Erase everything about you?',
        paragraphs: [
          'Somebody asked on your preferences page that all that is stored about you be erased. The page behind the button asks once more.',
          'The link works for a day. There is no way back.',
        ],
        button: 'Go on to erasing',
        ignore: nothingHappens,
      };
  }
}

function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
