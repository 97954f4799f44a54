"""The AsyncAPI 3.0 document of every topic, generated from the contracts."""

from typing import Any

from shared.contracts.event import Event
from shared.contracts.events import EVENTS


def asyncapi_document() -> dict[str, Any]:
    """One channel a topic, one message a channel, and the operations of its producers and consumers."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Customer Import",
            "version": "1.0.0",
            "description": "Facts of customer imports: ids and counts, never rows, bank numbers or emails.",
        },
        "defaultContentType": "application/json",
        "channels": {event.topic.name: _channel(event) for event in EVENTS},
        "operations": {name: operation for event in EVENTS for name, operation in _operations(event).items()},
        "components": {"messages": {event.__name__: _message(event) for event in EVENTS}},
    }


def _channel(event: type[Event]) -> dict[str, Any]:
    topic = event.topic
    return {
        "address": topic.name,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "retention.ms": int(topic.retention.total_seconds() * 1000),
                    "max.message.bytes": topic.largest_message,
                },
            }
        },
    }


def _message(event: type[Event]) -> dict[str, Any]:
    schema = event.model_json_schema(ref_template="#/components/messages/" + event.__name__ + "/payload/$defs/{model}")
    summary = (event.__doc__ or "").split("\n", 1)[0]
    key = {"type": "string", "description": event.keyed_by}
    bindings = {"kafka": {"key": key}}
    headers = _headers(event)
    return {"name": event.__name__, "summary": summary, "headers": headers, "bindings": bindings, "payload": schema}


def _headers(event: type[Event]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "event-id": {"type": "string", "format": "uuid", "description": "As in the payload"},
        "traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "W3C Trace Context: the trace that this belongs to, if traces are on",
        },
    }
    if "crm" in event.topic.producers:
        properties["authorization"] = {"type": "string", "description": "Bearer and the token of the person who asks"}
    return {"type": "object", "properties": properties}


def _operations(event: type[Event]) -> dict[str, Any]:
    channel = {"$ref": "#/channels/" + event.topic.name.replace("/", "~1")}
    sends = {
        f"{party}.sends.{event.__name__}": {"action": "send", "channel": channel} for party in event.topic.producers
    }
    receives = {
        f"{party}.receives.{event.__name__}": {"action": "receive", "channel": channel}
        for party in event.topic.consumers
    }
    return sends | receives
