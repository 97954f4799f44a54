# One image for the four services and the command line; the command says which.
FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt && useradd --uid 10001 --create-home import
COPY shared shared
COPY services services
COPY crm crm
COPY cli cli
USER import
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
CMD ["python", "-m", "services.mapping"]
