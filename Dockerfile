# Build with the whole toolchain, run with nothing but Node and the program.
FROM node:26-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY scripts/bundle.mjs ./scripts/
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Not root, and nothing in the image is writable by the program: run it with `--read-only`. What it writes goes to
# two mounts: /var/lib/keywright (audit log, CA) and /run/keywright (admin socket).
RUN mkdir -p /var/lib/keywright /run/keywright && chown node:node /var/lib/keywright /run/keywright
USER node
VOLUME ["/var/lib/keywright", "/run/keywright"]
ENV KEYWRIGHT_CONFIG=/etc/keywright/keywright.yaml
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["node", "/app/dist/main.js", "status"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
