import { z } from 'zod';
import { block, host, list, mailbox, whole } from './values.ts';

const trueOrFalse = z.boolean({ error: 'true or false' });

/** What can stand under `signUp`: how readers join by themselves, and how often strangers can make us write. */
export const signUp = block({
  open: trueOrFalse.default(true),
  from: mailbox.optional(),
  perAddressADay: whole(1, 100, 'a whole number of mails').default(3),
  perClientAnHour: whole(1, 100_000, 'a whole number of mails').default(20),
  totalAnHour: whole(1, 1_000_000, 'a whole number of mails').default(500),
  workBits: whole(0, 24, 'a whole number of bits').default(0),
  blockedDomains: list(host, 'a list of mail domains such as [throwaway.example]').default([]),
});

export type SignUpConfig = Readonly<z.output<typeof signUp>>;
