import type { SubmissionAnswer } from './transport.ts';

/**
 * So many messages in a row, none accepted between, that were refused for reasons of our own or met a
 * server that did not answer: then it is not about the messages, and the run stops.
 */
const limit = 10;

/** Tells a fault of ours, or of the server, from one of a single message. */
export interface Troubles {
  /** Why the run stops, or a refusal that was our own fault; undefined while neither happened. */
  readonly blocked: string | undefined;
  /** Notes an answer; true when the run has to stop. */
  note(answer: SubmissionAnswer): boolean;
}

export function watchTroubles(): Troubles {
  let inARow = 0;
  let blocked: string | undefined;
  function trouble(reply: string): boolean {
    inARow += 1;
    if (inARow < limit) return false;
    blocked = reply;
    return true;
  }
  return {
    get blocked() {
      return blocked;
    },
    note(answer) {
      switch (answer.result) {
        case 'accepted':
          inARow = 0;
          return false;
        case 'rejected':
          return false;
        case 'deferred':
          return answer.code === undefined && trouble(answer.reply);
        case 'in_doubt':
          return trouble(answer.reply);
        case 'blocked':
          blocked = answer.reply;
          return answer.about === 'sender' || trouble(answer.reply);
      }
    },
  };
}
