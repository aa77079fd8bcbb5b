import { z } from 'zod';

const objectId = z.string().regex(/^[0-9a-f]{24}$/);
const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const count = z.int().nonnegative();
const text = z.string().min(1);

const account = {
  _id: objectId,
  avatarUrl: text,
  fullname: text,
  name: text,
  type: z.literal('user'),
  isPro: z.boolean(),
};
const organization = z.strictObject({ _id: objectId, name: text, fullname: text });
const author = z.strictObject({
  _id: objectId,
  name: text,
  hidden: z.boolean(),
  user: z.strictObject({ ...account, user: text }).optional(),
  status: text.optional(),
  statusLastChangedAt: timestamp.optional(),
});
const paper = z.strictObject({
  id: z.string(),
  authors: z.array(author).min(1),
  mediaUrls: z.array(text).optional(),
  publishedAt: timestamp,
  submittedOnDailyAt: timestamp,
  title: text,
  submittedOnDailyBy: z.strictObject({ ...account, user: text }),
  summary: text,
  upvotes: count,
  discussionId: objectId,
  projectPage: text.optional(),
  githubRepo: text.optional(),
  githubRepoAddedBy: z.enum(['user', 'auto']).optional(),
  ai_summary: text.optional(),
  ai_keywords: z.array(text).optional(),
  githubStars: count.optional(),
  organization: organization.optional(),
});
const item = z.strictObject({
  paper,
  publishedAt: timestamp,
  title: text,
  summary: text,
  mediaUrls: z.array(text).optional(),
  thumbnail: text,
  numComments: count,
  submittedBy: z.strictObject({
    ...account,
    isHf: z.boolean(),
    isHfAdmin: z.boolean(),
    isMod: z.boolean(),
    followerCount: count,
    isUserFollowing: z.boolean(),
  }),
  organization: organization.optional(),
  isAuthorParticipating: z.boolean(),
});
/** One answer of `GET /api/daily_papers?date=` in its shape of 2026, with the day asked for and the time; an unknown key is a fault. */
export const capture = z.strictObject({
  list_date: z.string(),
  captured_at: z.string(),
  response: z.array(item),
});
