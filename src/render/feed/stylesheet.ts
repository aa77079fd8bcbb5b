/**
 * The style sheet of the feeds themselves, for browsers that show the XML: CSS, since XSLT is being taken out of
 * them. It covers RSS and Atom; CSS cannot follow links, so the first line says what the page is for.
 */
export const feedStylesheet = `:root {
  color-scheme: light dark;
  --ink: #1c1a17;
  --paper: #fdfcf9;
  --quiet: #5f5a52;
  --rule: #d8d2c6;
}

@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ece7dd;
    --paper: #171614;
    --quiet: #a8a195;
    --rule: #3a3732;
  }
}

rss,
feed {
  display: block;
  max-width: 42rem;
  margin: 0 auto;
  padding: 1.5rem 1rem 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 Georgia, "Times New Roman", serif;
}

rss::before,
feed::before {
  content: "This is a feed. Copy the address of this page into your feed reader to get new papers there.";
  display: block;
  margin-bottom: 2rem;
  padding: 0.75rem 1rem;
  border: 1px solid var(--rule);
  color: var(--quiet);
  font: 0.875rem/1.5 system-ui, sans-serif;
}

channel {
  display: block;
}

channel > *,
feed > *,
item > *,
entry > * {
  display: none;
}

channel > item,
feed > entry {
  display: block;
  padding: 1rem 0;
  border-top: 1px solid var(--rule);
}

channel > title,
feed > title {
  display: block;
  font-size: 2rem;
  font-weight: bold;
  line-height: 1.2;
}

channel > description,
feed > subtitle {
  display: block;
  margin-bottom: 1.5rem;
  color: var(--quiet);
}

item > title,
entry > title {
  display: block;
  font-size: 1.2rem;
  font-weight: bold;
  line-height: 1.3;
}

item > description,
entry > summary {
  display: block;
  margin-top: 0.25rem;
}

item > pubDate,
entry > published {
  display: block;
  color: var(--quiet);
  font: 0.8125rem/1.6 system-ui, sans-serif;
}
`;
