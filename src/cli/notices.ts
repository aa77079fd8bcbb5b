import { setTimeout } from 'node:timers/promises';
import type { App } from '../app.ts';
import { noticeMessage } from '../deliver/notice-message.ts';
import { forgetOldNotices, sendNotices, type NoticeReport } from '../deliver/notices.ts';
import { hourMs, type Instant } from '../domain/time.ts';
import { hasDueNotices } from '../store/notices.ts';
import { noticeLetter } from '../subscribers/notices.ts';

/**
 * Sends the mails that the pages for readers asked for: confirmations, links, and what only an owner may do. Undefined
 * when none is due. The templates are compiled when they are needed for the first time.
 */
export async function sendDueNotices(
  app: App,
  { now, signal }: { readonly now: () => Instant; readonly signal: AbortSignal },
): Promise<NoticeReport | undefined> {
  const { db, tokens, digests, site, sender, transport, config } = app;
  if (!(await hasDueNotices(db, now()))) return undefined;
  const { write } = await app.noticeMail();
  return sendNotices({
    db,
    transport,
    now,
    signal,
    message: async (notice, at) => {
      const letter = await noticeLetter({ db, tokens, digests }, notice, at);
      if (!letter) return undefined;
      const edition = { digest: 'notice', editionDate: String(notice.id) };
      return noticeMessage({
        from: config.signUp.from ?? sender.from,
        sender,
        to: letter.to,
        ...write(site, letter),
        key: tokens.messageKey(edition, letter.addressHash),
        at: notice.askedAt,
      });
    },
  });
}

/** Who waits for a confirmation looks into the mailbox now. */
const lookEveryMs = 5_000;

/**
 * Sends notices as they become due until stopped, beside the mails of an edition, which can take hours. What cannot be sent
 * or read is logged and tried again.
 */
export async function keepSendingNotices(
  app: App,
  day: { readonly now: () => Instant; readonly signal: AbortSignal },
): Promise<void> {
  let forgotAt = -Infinity;
  while (!day.signal.aborted) {
    try {
      if (day.now() - forgotAt >= hourMs) {
        forgotAt = day.now();
        await forgetOldNotices(app.db, forgotAt);
      }
      const report = await sendDueNotices(app, day);
      if (report?.blocked !== undefined) app.log.warn(`mails about subscriptions wait: ${report.blocked}`);
    } catch (error) {
      app.log.error({ err: error }, 'mails about subscriptions could not be sent');
    }
    await setTimeout(lookEveryMs, undefined, { signal: day.signal }).catch(() => {});
  }
}

/** For the line that counts at the end of a command. */
export function noticeWords({ sent, dropped, deferred, failed }: NoticeReport): string {
  return `mails about subscriptions: ${sent} sent, ${dropped} not wanted any more, ${deferred} deferred, ${failed} failed`;
}
