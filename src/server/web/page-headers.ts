/**
 * What a browser may do with the page: run its own script and no other, and speak to this server and no other. What a
 * model writes is cleaned before it is shown; should that ever fail, this still holds.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // HTML comes into the page through DOMPurify alone.
  "require-trusted-types-for 'script'",
  "trusted-types dompurify",
].join("; ");

export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};
