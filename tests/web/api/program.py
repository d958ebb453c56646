"""A program that uses the API with a bearer token."""

from typing import Any

from tests.web.api.shapes import check_answer

API = "/api/v1"


class Program:
    """One user's program: speaks JSON, and remembers nothing between calls.

    Each response must have the shape that the API's description says.
    """

    def __init__(self, client: Any, token: str | None = None) -> None:
        self.client = client
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        """Read something."""
        given = self._headers(headers)
        answer = self.client.get(API + path, headers=given, status=status)
        return self._checked("GET", path, answer)

    def post(
        self,
        path: str,
        data: Any = None,
        *,
        version: int | str | None = None,
        key: str | None = None,
        status: int = 200,
        **headers: str,
    ) -> Any:
        """Make a call; `version` is quoted if it is a number."""
        given = self._headers(headers)
        if version is not None:
            given["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        if key is not None:
            given["Idempotency-Key"] = key
        if data is None:
            answer = self.client.post(API + path, headers=given, status=status)
        else:
            answer = self.client.post_json(
                API + path, data, headers=given, status=status
            )
        return self._checked("POST", path, answer)

    def send(self, path: str, body: bytes, status: int, **headers: str) -> Any:
        """Make a call with these very bytes."""
        given = {"Content-Type": "application/json"} | self._headers(headers)
        answer = self.client.post(API + path, body, headers=given, status=status)
        return self._checked("POST", path, answer)

    def _checked(self, method: str, path: str, answer: Any) -> Any:
        """Return a response that has the shape its description says."""
        if "json" in (answer.content_type or "") and path != "/openapi.json":
            address = path.partition("?")[0]
            check_answer(method, address, answer.status_int, answer.json)
        return answer

    def open(self, target: str, key: Any = None) -> "Draft":
        """Open a draft."""
        data = {"target": target} | ({} if key is None else {"id": key})
        return Draft(self, self.post("/drafts", data, status=201).json)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): v for name, v in more.items()}


class Draft:
    """A draft as this program last saw it."""

    def __init__(self, program: Program, data: dict[str, Any]) -> None:
        self.program = program
        self.path = f"/drafts/{data['key']}"
        self.key = data["key"]
        self.version = data["version"]

    def do(self, verb: str, data: Any = None, status: int = 200, **more: Any) -> Any:
        """Call a verb for the version last seen, and remember the one after."""
        more.setdefault("version", self.version)
        answer = self.program.post(f"{self.path}/{verb}", data, status=status, **more)
        if status == 200:
            self.version = int(answer.headers["ETag"].strip('"'))
        return answer

    def set(self, table: str, key: Any, status: int = 200, **values: Any) -> Any:
        """Change fields of a row."""
        operation = {"op": "set", "table": table, "id": key, "values": values}
        return self.do("operations", operation, status)

    def get(self, path: str = "", status: int = 200) -> Any:
        """Read something of the draft."""
        return self.program.get(self.path + path, status)
