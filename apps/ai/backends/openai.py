"""Any server that speaks OpenAI's protocol: OpenAI, Azure, vLLM, Ollama; base URL, model and key by the environment."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, OpenAI, OpenAIError

from apps.ai.backends.base import BackendError, Order, Told, Vectors, Written
from apps.ai.backends.transport import CountedTransport
from portal.settings.ai import AiSettings

LONGEST_WAIT_S: Final = 5.0
TELL_EVERY_S: Final = 0.4
CHARS_A_TOKEN: Final = 3


@dataclass(frozen=True)
class OpenAIBackend:
    """One try, no more: who asks decides about a second one."""

    settings: AiSettings
    name: str = "openai"
    leaves: bool = True

    @property
    def model(self) -> str:
        """The model that the installation names."""
        return self.settings.model

    def write(self, order: Order, told: Told) -> Written:
        """Return the answer by field: streamed where it is one text, as an object of a schema where it is more."""
        return self._guarded(
            lambda client: (
                _structured(client, self, order) if order.is_structured else _streamed(client, self, order, told)
            )
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text. Raises ``BackendError``."""
        return self._guarded(lambda client: self._embed(client, texts))

    def _embed(self, client: OpenAI, texts: Sequence[str]) -> Vectors:
        answer = client.embeddings.create(
            model=self.settings.embedding_model, input=list(texts), encoding_format="float"
        )
        vectors = [
            [float(number) for number in row.embedding] for row in sorted(answer.data, key=lambda row: row.index)
        ]
        if len(vectors) != len(texts):
            raise BackendError("garbage")
        usage: Any = answer.usage
        return Vectors(vectors, usage.prompt_tokens if usage else 0)

    def _guarded[T](self, work: Callable[[OpenAI], T]) -> T:
        """Do the work with a client of its own; whatever goes wrong becomes a ``BackendError``."""
        transport = CountedTransport(self.settings.timeout_s)
        # Compressed answers could grow beyond every cap while they are unpacked.
        http = httpx2.Client(
            transport=transport,
            timeout=self.settings.timeout_s,
            headers={"Accept-Encoding": "identity"},
            follow_redirects=False,
        )
        try:
            with (
                http,
                OpenAI(
                    api_key=self.settings.key or "none",
                    base_url=self.settings.base_url or None,
                    max_retries=0,
                    http_client=http,
                ) as client,
            ):
                return work(client)
        except BackendError:
            raise
        except OpenAIError as error:
            raise _of_client(error) from error
        except httpx2.TimeoutException as error:
            raise BackendError("timeout", again=True) from error
        except httpx2.HTTPError as error:
            raise _cause(error) or BackendError("cut_off", again=True) from error
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            # What is no answer of the protocol fails somewhere in the client's reading.
            raise BackendError("garbage") from error


def _of_client(error: OpenAIError) -> BackendError:
    if isinstance(error, APITimeoutError):
        return BackendError("timeout", again=True)
    if isinstance(error, APIConnectionError):
        return _cause(error) or BackendError("unreachable", again=True)
    if isinstance(error, APIStatusError):
        return _of_status(error)
    # The stream said "error", or the answer is not what the schema says.
    return BackendError(
        "garbage" if not isinstance(error, APIError) or error.body is None else "server_error", again=False
    )


def _cause(error: BaseException) -> BackendError | None:
    """Return the end that our own connection has put to it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BackendError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _of_status(error: APIStatusError) -> BackendError:
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        wait_s = _seconds(error.response.headers.get("retry-after", ""))
        return BackendError("rate_limited", again=wait_s is None or wait_s <= LONGEST_WAIT_S, wait_s=wait_s)
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return BackendError("server_error", again=True)
    return BackendError("refused")


def _seconds(header: str) -> float | None:
    try:
        return max(0.0, float(header))
    except ValueError:
        return None


# -- asking -------------------------------------------------------------------------------------------------------


def _asked(backend: OpenAIBackend, order: Order) -> dict[str, Any]:
    return {
        "model": backend.model,
        "messages": [{"role": "system", "content": order.system}, {"role": "user", "content": order.user}],
        "temperature": 0.2,
        "max_tokens": order.most // CHARS_A_TOKEN + 200,
    }


def _streamed(client: OpenAI, backend: OpenAIBackend, order: Order, told: Told) -> Written:
    """Read the text as it comes; a stream without its end is cut off and counts as nothing."""
    text, ended, tokens, last_told = "", False, (0, 0), time.monotonic()
    with client.chat.completions.create(
        stream=True, stream_options={"include_usage": True}, **_asked(backend, order)
    ) as stream:
        for chunk in stream:
            for choice in chunk.choices or []:
                text += choice.delta.content or ""
                ended = ended or choice.finish_reason is not None
            if chunk.usage:
                tokens = chunk.usage.prompt_tokens, chunk.usage.completion_tokens
            if len(text) > order.most * 4:
                raise BackendError("too_large")
            if time.monotonic() - last_told > TELL_EVERY_S:
                last_told = time.monotonic()
                told(text)
    if not ended:
        raise BackendError("cut_off" if text else "garbage", again=bool(text))
    told(text)
    return Written({order.facts.wanted[0]: text} if order.facts.wanted else {}, [], *tokens)


def schema_of(names: Sequence[str]) -> dict[str, Any]:
    """Return the JSON schema of an answer: one text for each name and nothing else."""
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(names),
        "additionalProperties": False,
    }


def _structured(client: OpenAI, backend: OpenAIBackend, order: Order) -> Written:
    schema: Any = {"name": "draft", "strict": True, "schema": schema_of(order.facts.wanted)}
    shape: Any = {"type": "json_schema", "json_schema": schema}
    answer = client.chat.completions.create(response_format=shape, **_asked(backend, order))
    parts = parts_of(answer.choices[0].message.content or "", order.facts.wanted)
    usage = answer.usage
    return Written(parts, [], *((usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)))


def parts_of(content: str, names: Sequence[str]) -> dict[str, str]:
    """Read an answer against the schema. Raises ``BackendError`` ``garbage`` for everything that is not exactly it."""
    try:
        found = json.loads(content)
    except ValueError as error:
        raise BackendError("garbage") from error
    if not isinstance(found, Mapping) or set(found) != set(names):
        raise BackendError("garbage")
    if not all(isinstance(text, str) for text in found.values()):
        raise BackendError("garbage")
    return {name: found[name] for name in names}
