# syntax=docker/dockerfile:1
ARG RUST_IMAGE=rust:1.95-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST_IMAGE} AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY assets ./assets
COPY benches ./benches
COPY config ./config
COPY examples ./examples
COPY src ./src
COPY tests ./tests
COPY ui/dist ./ui/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --bin maquette \
 && install -Dm0755 target/dist/maquette /out/usr/bin/maquette \
 && install -Dm0644 config/production.toml /out/etc/maquette/production.toml.example \
 && install -d -m0750 -o 65532 -g 65532 /out/var/lib/maquette /out/var/cache/maquette

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="maquette" \
      org.opencontainers.image.description="3D models and technical drawings from jobs on a queue" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.documentation="docs/operations.md" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=build --chown=65532:65532 /out/var /var
COPY --from=build /out/usr /usr
COPY --from=build /out/etc /etc
# a number, so that an orchestrator can see that it is not root
USER 65532:65532
# state of `serve --local` and of the stand-in, and caches; nothing else is written: run it with --read-only
VOLUME ["/var/lib/maquette", "/var/cache/maquette"]
WORKDIR /var/lib/maquette
# on the loopback of the container unless http.listen says otherwise
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 CMD ["/usr/bin/maquette", "healthcheck"]
ENTRYPOINT ["/usr/bin/maquette"]
CMD ["serve"]
