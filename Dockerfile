# Broadsheet as a small image: docker build -t broadsheet .
# It writes to /data and /tmp only: run it with --read-only and a tmpfs at /tmp, as compose.yaml does.

FROM node:26-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm pack --silent --pack-destination /tmp \
 && mkdir /app \
 && tar -xzf /tmp/broadsheet-*.tgz --strip-components=1 -C /app

FROM node:26-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The Node.js that package.json brings for other machines is left out: the image has its own.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:26-trixie-slim
ENV NODE_ENV=production \
    BROADSHEET_CACHE=/app/cache \
    MALLOC_ARENA_MAX=1
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=build /app /app
RUN mkdir /data /app/cache && chown node:node /data /app/cache
USER node
WORKDIR /data
# Fills the compile cache, which a read-only image cannot do later.
RUN node /app/bin/broadsheet.js --help > /dev/null \
 && node /app/bin/broadsheet.js init > /dev/null \
 && node /app/bin/broadsheet.js config check > /dev/null \
 && rm broadsheet.yaml
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=10m --retries=3 \
  CMD ["node", "/app/bin/broadsheet.js", "health", "--url", "http://127.0.0.1:8080/"]
ENTRYPOINT ["node", "--optimize-for-size", "--max-semi-space-size=1", "/app/bin/broadsheet.js"]
CMD ["start", "--listen", "0.0.0.0:8080"]
