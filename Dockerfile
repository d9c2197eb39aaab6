# syntax=docker/dockerfile:1
# Two stages: what builds the wheel never reaches the image that runs.

FROM python:3.12-slim AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# The environment has no pip of its own; the builder's pip fills it.
RUN python -m venv --without-pip /opt/footnoted
COPY requirements.lock ./
RUN python -m pip --python /opt/footnoted/bin/python install --require-hashes --only-binary :all: \
      --requirement requirements.lock
# yt-dlp runs YouTube's scripts in deno; the wheel is the program alone.
ARG DENO_VERSION=2.9.8
RUN python -m pip --python /opt/footnoted/bin/python install --no-deps --only-binary :all: \
      deno==$DENO_VERSION
COPY pyproject.toml hatch_build.py README.md ./
COPY src src
COPY prompts prompts
COPY migrations migrations
COPY samples samples
# There is no git here: docker build --build-arg GIT_SHA=$(git rev-parse HEAD) .
ARG GIT_SHA=""
RUN FOOTNOTED_GIT_COMMIT_SHA=$GIT_SHA python -m pip wheel --no-deps --wheel-dir /wheels . \
 && python -m pip --python /opt/footnoted/bin/python install --no-deps /wheels/footnoted-*.whl

FROM python:3.12-slim
# The uid has a name because PostgreSQL's initdb refuses a user without one.
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
 && useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin footnoted \
 && install -d -o footnoted -g footnoted -m 0700 /data
COPY --from=build /opt/footnoted /opt/footnoted
ENV PATH=/opt/footnoted/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FOOTNOTED_DATA_DIR=/data \
    FOOTNOTED_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
# The first start makes a database, which takes some seconds on a slow disk.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["footnoted", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["footnoted"]
CMD ["run"]
