# One image for the four services and the command line; the command says which. It holds the wheel and what the wheel needs, no more.
ARG PYTHON=3.11.14-slim-trixie

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/customer-import \
 && /opt/customer-import/bin/pip install --require-hashes -r requirements.txt \
 && pip install --require-hashes -r requirements-build.txt
COPY . .
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/customer-import/bin/pip install --no-deps --no-index dist/*.whl \
 && /opt/customer-import/bin/pip check \
 && /opt/customer-import/bin/pip uninstall --yes pip

FROM python:${PYTHON}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Customer Import" \
      org.opencontainers.image.description="Imports autopay, paperless and customer-registration data of billers into the CRM" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin import
COPY --from=build /opt/customer-import /opt/customer-import
ENV PATH=/opt/customer-import/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Nothing is written but to /tmp: run it with a read-only root (docker-compose.yml does).
WORKDIR /tmp
USER 10001:10001
EXPOSE 8000
CMD ["customer-import", "--help"]
