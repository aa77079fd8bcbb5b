/**
 * Of every answer that does not set its own: pages load their style sheet and icon from this site and nothing
 * else from anywhere, and are framed nowhere.
 */
export const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
} as const;
